/** The first window is small, so that the encoder starts soon; then they double up to the largest. */
const FIRST_WINDOW = 64;

export interface InWindowsOptions<T> {
  /** Items of a window at most. */
  readonly most: number;
  /** What an item takes of `heaviest`. @default nothing */
  readonly weigh?: ((item: T) => number) | undefined;
  /** A window ends early, after the item that brings it to this weight; bounds memory where items are large. */
  readonly heaviest?: number | undefined;
}

/**
 * Cuts a stream into windows of 64, 128, 256 and so on up to `most` items. Where a window starts and ends depends on
 * the items alone, so that another run over the same ones has the same windows.
 */
export async function* inWindows<T>(
  items: Iterable<T> | AsyncIterable<T>,
  { most, weigh = () => 0, heaviest = Infinity }: InWindowsOptions<T>,
): AsyncGenerator<readonly T[]> {
  let size = Math.min(FIRST_WINDOW, most);
  let window: T[] = [];
  let weight = 0;
  for await (const item of items) {
    window.push(item);
    weight += weigh(item);
    if (window.length < size && weight < heaviest) continue;
    yield window;
    window = [];
    weight = 0;
    size = Math.min(2 * size, most);
  }
  if (window.length > 0) yield window;
}
