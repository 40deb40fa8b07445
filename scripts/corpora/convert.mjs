// @ts-check
/**
 * From the bytes of the published files to the text of ours. Pure: no network, no disk.
 *
 * Every converter takes the raw files of one output, in the order in which sources.mjs lists them.
 */

/** @typedef {readonly [text: string, label: string]} LabeledText */

const STARS = ["negative", "positive"];

/** What Unicode and Python call white space; `trim()` leaves out U+0085 and U+001C to U+001F. */
const EDGES = /^[\p{White_Space}\x1c-\x1f]+|[\p{White_Space}\x1c-\x1f]+$/gu;

/** Bytes 0x80 to 0x9f of windows-1252; five of them stand for nothing. Node 20 decodes this range as ISO 8859-1. */
const WINDOWS_1252 = "€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ";

/**
 * Line i of the texts with the name that the mapping gives to line i of the labels.
 *
 * @param {readonly Uint8Array[]} files  texts; labels, a number a line; mapping, number and name with a tab between
 * @returns {string} CSV
 * @throws {Error} when texts and labels differ in length or a label has no name
 */
export function tweetEvalCsv([textFile, labelFile, mappingFile]) {
  const texts = linesOf(utf8(textFile));
  const labels = linesOf(utf8(labelFile));
  if (texts.length !== labels.length) throw new Error(`there are ${texts.length} texts and ${labels.length} labels`);
  const names = new Map(
    linesOf(utf8(mappingFile)).map((line) => /** @type {[string, string]} */ (line.split("\t").map(stripped))),
  );
  const rows = texts.map((text, i) => {
    const name = names.get(stripped(labels[i]));
    if (name === undefined) throw new Error(`line ${i + 1}: label "${labels[i]}" is not in the mapping`);
    return /** @type {LabeledText} */ ([stripped(text), name]);
  });
  return csvText(rows);
}

/**
 * The SemEval tweets without those that could not be had, that repeat an earlier one or that are evaluated on.
 *
 * Two texts are equal when they are once HTML entities are resolved, letters lower-cased and spaces collapsed; against
 * the evaluation texts also when only their letters and digits outside links and mentions are equal.
 *
 * @param {readonly Uint8Array[]} files  the two files of evaluation texts, then the training files: id, tab, label,
 *   tab, text
 * @returns {string} CSV with CRLF, as in the corpus that the published numbers were measured on
 */
export function semEvalCsv([valTexts, testTexts, ...trainFiles]) {
  const evaluated = [valTexts, testTexts].flatMap((file) => linesOf(utf8(file)));
  const seen = new Set(evaluated.map(plainText));
  const evaluatedLetters = new Set(evaluated.map(lettersOnly));
  const rows = [];
  for (const line of trainFiles.flatMap((file) => linesOf(utf8(file)))) {
    const [, label, ...rest] = line.split("\t");
    const text = stripped(rest.join("\t"));
    const plain = plainText(text);
    if (text === "" || text === "Not Available" || seen.has(plain) || evaluatedLetters.has(lettersOnly(text))) continue;
    seen.add(plain);
    rows.push(/** @type {LabeledText} */ ([text, known(label, ["negative", "neutral", "positive"], line)]));
  }
  return csvText(rows, "\r\n");
}

/** @param {readonly Uint8Array[]} files  one file: text, tab, 0 (negative) or 1 (positive) */
export function sst2Csv([file]) {
  return csvText(
    linesOf(utf8(file)).map((line) => {
      const tab = line.lastIndexOf("\t");
      const star = known(stripped(line.slice(tab + 1)), ["0", "1"], line);
      return [stripped(line.slice(0, tab)), STARS[Number(star)]];
    }),
  );
}

/** @param {readonly Uint8Array[]} files  positives, then negatives: a text a line, windows-1252 */
export function polarityCsv([positives, negatives]) {
  const labeled = (/** @type {Uint8Array} */ file, /** @type {string} */ label) =>
    linesOf(windows1252(file)).map((line) => /** @type {LabeledText} */ ([stripped(line), label]));
  return csvText([...labeled(positives, "positive"), ...labeled(negatives, "negative")]);
}

/** @param {readonly Uint8Array[]} files  one file: `ham` or `spam`, tab, text */
export function smsCsv([file]) {
  return csvText(
    linesOf(utf8(file)).map((line) => {
      const tab = line.indexOf("\t");
      return [stripped(line.slice(tab + 1)), known(line.slice(0, Math.max(tab, 0)), ["ham", "spam"], line)];
    }),
  );
}

/** @param {readonly Uint8Array[]} files  one CoNLL file, kept as it is */
export function sameBytes([file]) {
  return file;
}

/**
 * `text,label` as RFC 4180 has it: a field is quoted when it holds a comma, a quote or a line end.
 *
 * @param {readonly LabeledText[]} rows
 * @param {"\n" | "\r\n"} [lineEnd]
 */
export function csvText(rows, lineEnd = "\n") {
  const field = (/** @type {string} */ value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const header = /** @type {LabeledText} */ (["text", "label"]);
  return [header, ...rows].map(([text, label]) => `${field(text)},${field(label)}${lineEnd}`).join("");
}

/**
 * Windows-1252 bytes as text.
 *
 * @param {Uint8Array} bytes
 * @throws {Error} on one of the five bytes that stand for nothing
 */
export function windows1252(bytes) {
  return Array.from(bytes, (byte, at) => {
    const character = byte >= 0x80 && byte < 0xa0 ? WINDOWS_1252[byte - 0x80] : String.fromCharCode(byte);
    if (character === "\0") throw new Error(`byte 0x${byte.toString(16)} at ${at} is no windows-1252`);
    return character;
  }).join("");
}

/**
 * The entities that Twitter writes, and numbered ones; others stay as they are.
 *
 * @param {string} text
 */
export function htmlUnescaped(text) {
  /** @type {Readonly<Record<string, string>>} */
  const named = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
  return text.replace(
    /&(?:(amp|lt|gt|quot);?|(apos|nbsp);|#(\d{1,7});?|#[xX]([\da-fA-F]{1,6});?)/g,
    (all, a, b, dec, hex) => {
      const name = a ?? b;
      if (name !== undefined) return named[name];
      const code = dec === undefined ? Number.parseInt(hex, 16) : Number(dec);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}

/** @param {string} text */
function plainText(text) {
  return htmlUnescaped(text)
    .toLowerCase()
    .split(/[\p{White_Space}\x1c-\x1f]+/u)
    .filter(Boolean)
    .join(" ");
}

/** @param {string} text */
function lettersOnly(text) {
  return plainText(text)
    .replace(/https?:\/\/\S+/g, "")
    .replace(/@\w+/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

/** @param {string} text */
function stripped(text) {
  return text.replace(EDGES, "");
}

/** @param {Uint8Array} bytes */
function utf8(bytes) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Lines without their ends; only a line feed ends one, and one at the very end opens no further line. @param {string} text */
function linesOf(text) {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/**
 * @param {string} label
 * @param {readonly string[]} expected
 * @param {string} line  for the message
 */
function known(label, expected, line) {
  if (expected.includes(label)) return label;
  throw new Error(
    `label ${JSON.stringify(label)} is none of ${expected.join(", ")}: ${JSON.stringify(line.slice(0, 80))}`,
  );
}
