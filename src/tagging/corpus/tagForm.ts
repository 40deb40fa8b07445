import { counted } from "../../text/numbers.js";
import { firstAlternative, isTag } from "./tagScheme.js";

/** What was done to the tags of a file so that each is O, or a part, a hyphen and a label. */
export interface TagForm {
  /** Brings a tag to that form; a tag that is none stays as it is. */
  readonly read: (tag: string) => string;
  /** What the reader should know of it, as clauses. */
  readonly notices: readonly string[];
}

const SUFFIXED = /^(.+)[-_]([BIESLUM])$/;
const UNDERSCORED = /^([BIESLUM])_(.+)$/;
const UNLABELED = /^[BIESLUM]$/;
/** A label alone; what ends in a hyphen lacks something. */
const LABEL = /^\p{L}(?:.*[\p{L}\p{N})])?$/u;

/**
 * How all the tags of a file are written: `B-person`, `B_person`, `person-B`, `B` where there is one label, or labels
 * alone, of words that follow each other one entity. Labels alone are read only where some words are O: other columns than tags have words in each line.
 *
 * @param names  of tags that are numbers, the first being 0
 */
export function tagForm(tags: readonly string[], names: readonly string[] | undefined): TagForm {
  const several = tags.filter((tag) => firstAlternative(tag) !== tag).length;
  const notices =
    several > 0
      ? [`${counted(several, "word")} ${several === 1 ? "has" : "have"} several tags; the first of them counts`]
      : [];
  const named = (tag: string): string => (/^\d+$/.test(tag) ? (names?.[Number(tag)] ?? tag) : firstAlternative(tag));
  const distinct = [...new Set(tags.map(named))].filter((tag) => tag !== "O");
  const written = (own: RegExp): boolean => distinct.length > 0 && distinct.every((tag) => own.test(tag));
  if (distinct.every(isTag)) return { read: named, notices };
  if (written(UNDERSCORED)) return { read: (tag) => named(tag).replace(UNDERSCORED, "$1-$2"), notices };
  if (written(SUFFIXED)) return { read: (tag) => named(tag).replace(SUFFIXED, "$2-$1"), notices };
  if (written(UNLABELED)) {
    const notice = `its tags name no label: all its entities have the label ${NO_LABEL}`;
    return { read: (tag) => named(tag).replace(UNLABELED, `$&-${NO_LABEL}`), notices: [...notices, notice] };
  }
  if (!written(LABEL) || distinct.some(isTag) || !tags.some((tag) => named(tag) === "O"))
    return { read: named, notices };
  return {
    read: (tag) => (named(tag) === "O" ? "O" : `I-${named(tag)}`),
    notices: [...notices, "its tags are labels alone: words of one label that follow each other are one entity"],
  };
}

const NO_LABEL = "entity";
