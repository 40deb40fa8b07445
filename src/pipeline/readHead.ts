import { loadHead, peekHead, type SavedHead } from "../head/file/folder.js";
import { loadMultiLabel, type SavedMultiLabel } from "../head/file/multiLabel.js";
import { loadTagger, type SavedTagger } from "../tagging/file/folder.js";

/** A head of any kind, read from its folder; `kind` tells which. */
export type AnyHead =
  | ({ readonly kind: "classifier" } & SavedHead)
  | ({ readonly kind: "multi-label" } & SavedMultiLabel)
  | ({ readonly kind: "tagger" } & SavedTagger);

/**
 * Reads a head of any kind: from its folder, or one that ships by its name (`sentiment`).
 *
 * @throws HeadstartError E_HEAD_MISSING, E_HEAD_INVALID, E_CHECKSUM
 */
export async function readHead(name: string): Promise<AnyHead> {
  const { kind } = await peekHead(name);
  switch (kind) {
    case "classifier":
      return { kind, ...(await loadHead(name)) };
    case "multi-label":
      return { kind, ...(await loadMultiLabel(name)) };
    case "tagger":
      return { kind, ...(await loadTagger(name)) };
  }
}

/** Labels that a head predicts. */
export const labelsOf = (head: AnyHead): readonly string[] =>
  head.kind === "tagger" ? head.tagger.labels : head.head.labels;
