/** FNV-1a, 32 bits, of no text at all. */
export const FNV_START = 0x811c9dc5;

/** The hash of a text with one UTF-16 unit more. */
export const fnvAppend = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);

/** FNV-1a, 32 bits, over the UTF-16 units of `text`; a whole number from -2^31 on. */
export function fnv1a(text: string): number {
  let hash = FNV_START;
  for (let i = 0; i < text.length; i++) hash = fnvAppend(hash, text.charCodeAt(i));
  return hash | 0;
}
