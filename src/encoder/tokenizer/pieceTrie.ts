/** A vocabulary's entries of printable ASCII, letter by letter. */
interface PieceTrie {
  /** Before the first letter of a word, and of a word's later parts. */
  readonly start: number;
  readonly inside: number;
  /** Where the letter leads; -1 where no entry goes on so. */
  next(node: number, letter: number): number;
  /** Id of the entry that ends here; -1 where none does. */
  idAt(node: number): number;
}

const PRINTABLE = /^[!-~]+$/;
/** Letters of ASCII, which make a key of a node and a letter. */
const LETTERS = 128;
/** Spreads keys over a table (2^32 over the golden ratio). */
const SPREAD = 0x9e3779b1;

/**
 * The trie lies in two flat arrays, a table of children by node and letter, so that reading it makes no objects.
 *
 * @param prefix  of entries that are parts of a word after its first, such as "##"
 */
export function pieceTrie(vocab: ReadonlyMap<string, number>, prefix: string): PieceTrie {
  const entries = [...vocab].filter(([piece]) => PRINTABLE.test(piece));
  const most = entries.reduce((sum, [piece]) => sum + piece.length, prefix.length + 1);
  const bits = Math.ceil(Math.log2(most * 1.5));
  const keys = new Int32Array(2 ** bits).fill(-1);
  const children = new Int32Array(2 ** bits);
  const ids = new Int32Array(most + 1).fill(-1);
  const slotOf = (key: number): number => {
    let slot = Math.imul(key, SPREAD) >>> (32 - bits);
    while (keys[slot] !== key && keys[slot] !== -1) slot = (slot + 1) & (keys.length - 1);
    return slot;
  };
  let nodes = 1;
  const walk = (piece: string): number => {
    let node = 0;
    for (let i = 0; i < piece.length; i++) {
      const key = node * LETTERS + piece.charCodeAt(i);
      const slot = slotOf(key);
      if (keys[slot] === -1) {
        keys[slot] = key;
        children[slot] = nodes++;
      }
      node = children[slot];
    }
    return node;
  };
  for (const [piece, id] of entries) ids[walk(piece)] = id;
  return {
    start: 0,
    inside: walk(prefix),
    next(node, letter) {
      const slot = slotOf(node * LETTERS + letter);
      return keys[slot] === -1 ? -1 : children[slot];
    },
    idAt: (node) => ids[node],
  };
}
