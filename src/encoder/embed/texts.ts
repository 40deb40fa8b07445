import { excerpt, HeadstartError } from "../../errors.js";

/** Texts one after the other; not a lone string, which would be taken for its letters. */
export type Texts = (Iterable<string> | AsyncIterable<string>) & object;

/** @throws HeadstartError E_USAGE for one text where a list of texts belongs */
export function checkNotOneText(texts: unknown): void {
  if (typeof texts !== "string") return;
  throw new HeadstartError("E_USAGE", `Expected a list of texts, not one text. Write ["${excerpt(texts)}"]`);
}
