import { countsOf, type TextReading } from "../../embedding/textReading.js";
import { unreadScript } from "../../embedding/scripts.js";
import { count } from "../../text/numbers.js";

/** What was to be done with texts. */
export type ReadingUse = "embed" | "train" | "evaluate" | "predict" | "transfer";

/** Share of tokens; tweets have 0.34 % at the most, reviews none. */
const MANY_UNKNOWN = 0.03;
/** Of texts; tweets with emoji have 7 %. */
const MANY_EMOJI = 0.05;
/** Of letters. */
const MUCH_UNREAD = 0.2;

const MULTILINGUAL = "Xenova/multilingual-e5-small or Xenova/paraphrase-multilingual-MiniLM-L12-v2";

interface ReadBy {
  /** Name of the encoder. */
  readonly encoder: string;
  readonly use: ReadingUse;
}

/** What a person should know of how an encoder reads texts: what is wrong and what to do, a line each. */
export function readingWarnings(reading: TextReading, { encoder, use }: ReadBy): readonly string[] {
  const { texts, empty, emoji, emojiSeen, scripts } = reading;
  const { unknownTokens } = countsOf(reading);
  const unread = unreadScript(scripts);
  const isForeign = unread !== undefined && unread.share >= MUCH_UNREAD;
  const hasEmoji = emoji >= Math.max(1, MANY_EMOJI * texts);
  const other = use === "predict" || use === "evaluate" ? "train a head with --encoder" : "take one with --encoder";
  return [
    ...(empty === 0 ? [] : [emptyText(texts, empty, use)]),
    ...(isForeign
      ? [
          `${percent(unread.share)} of the letters are in a script that ${encoder} does not read, most of them ${unread.name}: ` +
            `its vectors tell little of these texts. A multilingual encoder reads them: ${other}, such as ${MULTILINGUAL}`,
        ]
      : []),
    ...(hasEmoji
      ? [
          `${share(emoji, texts)} emoji that ${encoder} has no token for, such as ${emojiSeen.join(" ")}: all of these are the ` +
            "same to it. Where they matter, write them as words (:heart:), or choose another encoder",
        ]
      : []),
    ...(unknownTokens < MANY_UNKNOWN || isForeign || hasEmoji
      ? []
      : [
          `${percent(unknownTokens)} of the tokens stand for what ${encoder} does not know, and are all the same to it. ` +
            `Choose an encoder for texts of this kind`,
        ]),
  ];
}

function emptyText(texts: number, empty: number, use: ReadingUse): string {
  const isOne = empty === 1;
  const found = `${count(empty)} of ${count(texts)} ${texts === 1 ? "text" : "texts"} ${isOne ? "is" : "are"} empty: `;
  switch (use) {
    case "embed":
      return `${found}${isOne ? "its vector says" : "their vectors say"} nothing`;
    case "train":
      return `${found}nothing can be learned from ${isOne ? "it" : "them"}. Leave ${isOne ? "it" : "them"} out`;
    default:
      return `${found}${isOne ? "its label says" : "their labels say"} nothing`;
  }
}

/** Counts behind the name of a corpus, as far as there is anything to say; undefined for nothing. */
export function readingText(reading: TextReading, maxTokens: number): string | undefined {
  const { empty, truncated, unknown, tokens } = reading;
  const parts = [
    ...(empty > 0 ? [`${count(empty)} empty`] : []),
    ...(truncated > 0 ? [`${count(truncated)} cut at ${maxTokens} tokens`] : []),
    ...(unknown > 0 ? [`${count(unknown)} of ${count(tokens)} tokens unknown`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
}

const percent = (part: number): string => `${part < 0.1 ? (100 * part).toFixed(1) : Math.round(100 * part)} %`;

const share = (part: number, all: number): string =>
  all < 20
    ? `${part} of ${all} ${all === 1 ? "text" : "texts"} ${part === 1 ? "has" : "have"}`
    : `${percent(part / all)} of the texts have`;
