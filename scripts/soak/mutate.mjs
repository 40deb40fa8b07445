// @ts-check
/** Damages inputs at random, byte by byte or value by value. */

/** @typedef {() => number} Random  from 0 to 1 */

/** Values that JSON may hold where another is expected. @type {readonly any[]} */
const ODD_VALUES = /** @type {any[]} */ ([
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 32 - 6,
  1e15,
  1e300,
  null,
  true,
  [],
  {},
  [[]],
]).concat(["", "x", "((a+)+)$", "\u2581", "a".repeat(5000), { Regex: "(a|a)*$" }, { String: "" }]);
/** Pieces of text at which readers have stumbled. */
const ODD_TEXTS = [
  "4294967295",
  "1e999",
  "NaN",
  "-",
  '"',
  "\\",
  "\n",
  "\r",
  "\0",
  "[[[[",
  "{",
  "}",
  ",",
  "(2, 0)",
  " ",
].concat(["\ud800", "\xff\xfe", "9".repeat(40)]);
const ODD_NUMBERS = [0n, 1n, 1n << 31n, 0xffffffffn, 0x7fffffffffffffffn, 0xffffffffffffffffn];

const below = (/** @type {number} */ n, /** @type {Random} */ random) => Math.floor(random() * n);
/** @template T @param {readonly T[]} list @param {Random} random @returns {T} */
const pick = (list, random) => list[below(list.length, random)];

/** One to three places of a file changed. @param {Buffer} good @param {Random} random @returns {Buffer} */
export function mutateBytes(good, random) {
  let bytes = Buffer.from(good);
  // Footers are at the end.
  const place = () =>
    random() < 0.5 ? below(bytes.length, random) : Math.max(0, bytes.length - 1 - below(400, random));
  for (let k = below(3, random); k >= 0 && bytes.length > 0; k--)
    bytes = CHANGES[below(CHANGES.length, random)](bytes, place, random);
  return bytes;
}

/** @type {readonly ((bytes: Buffer, place: () => number, random: Random) => Buffer)[]} */
const CHANGES = [
  (bytes, place, random) => {
    bytes[place()] ^= 1 << below(8, random);
    return bytes;
  },
  (bytes, place) => bytes.subarray(0, place()),
  (bytes, place, random) => {
    const at = place();
    return bytes.fill(pick([0, 0xff, 0x7f, 0x20], random), at, Math.min(bytes.length, at + below(40, random)));
  },
  (bytes, place) => {
    bytes.copyWithin(place(), place(), place());
    return bytes;
  },
  (bytes, place, random) => {
    const at = place();
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(pick(ODD_TEXTS, random), "latin1"), bytes.subarray(at)]);
  },
  (bytes, place, random) => {
    const at = place();
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + below(30, random)))]);
  },
  (bytes, place, random) => {
    const at = place();
    if (at + 8 <= bytes.length) bytes.writeBigUInt64LE(pick(ODD_NUMBERS, random), at);
    return bytes;
  },
];

/** One value of a JSON text, or a name, changed for another kind. @param {Buffer} good @param {Random} random @returns {Buffer} */
export function mutateJson(good, random) {
  const root = [JSON.parse(good.toString("utf8"))];
  /** @type {any} */
  let holder = root;
  /** @type {string | number} */
  let key = 0;
  while (typeof holder[key] === "object" && holder[key] !== null && random() < 0.85) {
    const keys = Object.keys(holder[key]);
    if (keys.length === 0) break;
    [holder, key] = [holder[key], pick(keys, random)];
  }
  if (random() < 0.15 && holder !== root) delete holder[key];
  else holder[key] = structuredClone(random() < 0.2 ? root[0] : pick(ODD_VALUES, random));
  return Buffer.from(JSON.stringify(root[0]) ?? "");
}
