import { byteLetters } from "./byteLetters.js";
import { readCharsMap } from "./charsMap.js";
import { readPattern } from "./oniguruma.js";
import { limited } from "./growth.js";
import { partsOf } from "./parts.js";
import { UnreadSetting, type PartSettings } from "./settings.js";
import { stretches } from "./splitting.js";
import { CONTROL, lowerCase, COMBINING_MARK, NONSPACING_MARK, SPACE, toForm } from "./unicode.js";

/** Changes a text's characters. `goesOn` says that it follows another part of the same text, which was normalized. */
export type Normalize = (text: string, goesOn: boolean) => string;

/** All of the normalizer of a `tokenizer.json`, one after another. @throws Error as a clause */
export function readNormalizer(part: unknown): Normalize {
  const all = partsOf(part, "normalizer", "normalizers")
    .map(([, own]) => own as PartSettings)
    .filter(({ type }) => type !== "Sequence")
    .map(normalizerOf);
  return (text, goesOn) => all.reduce((own, normalize) => limited(normalize(own, goesOn), text.length), text);
}

function normalizerOf(part: PartSettings): Normalize {
  switch (part.type) {
    case "BertNormalizer":
      return bertNormalizer(part);
    case "Lowercase":
      return lowerCase;
    case "StripAccents":
      return without(COMBINING_MARK);
    case "NFC":
    case "NFD":
    case "NFKC":
    case "NFKD": {
      const { type } = part;
      return (text) => toForm(text, type);
    }
    case "Nmt":
      return nmt;
    case "Strip":
      return strip(part);
    case "Replace":
      return replacing(part);
    case "Prepend":
      return prepending(part.prepend ?? "");
    case "Precompiled":
      return (part.precompiled_charsmap ?? "") === "" ? (text) => text : readCharsMap(part.precompiled_charsmap!);
    case "ByteLevel":
      return byteLetters;
    default:
      throw new UnreadSetting(`its normalizer ${JSON.stringify(part.type)}`);
  }
}

const without = (characters: string): Normalize => {
  const pattern = new RegExp(characters, "gv");
  return (text) => text.replace(pattern, "");
};

/** Ideographs that BERT makes words of their own. */
const IDEOGRAPHS =
  /[\u{4e00}-\u{9fff}\u{3400}-\u{4dbf}\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{f900}-\u{faff}\u{2f800}-\u{2fa1f}]/gu;
const SPACES = new RegExp(SPACE, "gv");
const withoutControl = without(`[\\0${CONTROL}]`);
const withoutAccents = without(NONSPACING_MARK);
const PRINTABLE = /^[ -~]*$/;

function bertNormalizer(part: PartSettings): Normalize {
  const { clean_text, handle_chinese_chars, strip_accents } = part;
  const lowers = part.lowercase !== false;
  return (text, goesOn) => {
    let own = text;
    if (PRINTABLE.test(own)) return lowers ? own.toLowerCase() : own;
    if (clean_text !== false) own = withoutControl(own, goesOn).replace(SPACES, " ");
    if (handle_chinese_chars !== false) own = own.replace(IDEOGRAPHS, " $& ");
    if (strip_accents ?? lowers) own = withoutAccents(toForm(own, "NFD"), goesOn);
    return lowers ? lowerCase(own) : own;
  };
}

/** As the normalization of SentencePiece for machine translation. */
const nmt: Normalize = (text) =>
  text
    .replace(/[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]/g, "")
    .replace(/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g, " ");

function strip({ strip_left, strip_right }: PartSettings): Normalize {
  const [left, right] = [new RegExp(`^${SPACE}+`, "v"), new RegExp(`(?<!${SPACE})${SPACE}+$`, "v")];
  return (text, goesOn) => {
    const own = strip_left === true && !goesOn ? text.replace(left, "") : text;
    return strip_right === true ? own.replace(right, "") : own;
  };
}

function replacing({ pattern, content }: PartSettings): Normalize {
  const put = content ?? "";
  const searched = readPattern(pattern);
  return (text) =>
    stretches(text, searched)
      .map(({ start, end, isMatch }) => (isMatch ? put : text.slice(start, end)))
      .join("");
}

const prepending =
  (start: string): Normalize =>
  (text, goesOn) =>
    text === "" || goesOn ? text : start + text;
