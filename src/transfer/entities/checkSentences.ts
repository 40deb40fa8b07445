import { duplicateGroups } from "../../dataset/duplicates.js";
import { HeadstartError } from "../../errors.js";
import { entityLabels, type TaggedSentence } from "../../tagging/corpus/sentence.js";
import { counted } from "../../text/numbers.js";

interface Side {
  readonly sentences: readonly TaggedSentence[];
}

/** The corpora of an experiment, without vectors. */
export interface TaggingSides {
  readonly source: Side;
  readonly sourceDev?: Side | undefined;
  readonly target: Side;
  readonly targetTrain?: Side | undefined;
}

/**
 * Before the long part: whether there are entities to learn and to find, and enough different sentences to train on some and
 * choose and measure on others.
 *
 * @throws HeadstartError E_LABELS
 */
export function checkSentences({ source, sourceDev, target, targetTrain }: TaggingSides): void {
  // One to train on, one to choose the epoch on and, unless they are given, one held out.
  requireSentences("source", source, sourceDev === undefined ? 3 : 2);
  requireEntities("target", target);
  if (targetTrain !== undefined) requireSentences("target training", targetTrain, 2);
}

function requireSentences(name: string, side: Side, least: number): void {
  requireEntities(name, side);
  const different = new Set(duplicateGroups(side.sentences.map(({ text }) => text))).size;
  if (different >= least) return;
  const all = counted(side.sentences.length, "sentence");
  throw new HeadstartError(
    "E_LABELS",
    `Of the ${name} sentences ${different} of ${all} ${different === 1 ? "is" : "are"} different, and at least ${least} are needed: ` +
      "a head is chosen and measured on others than it learns from. Give more sentences",
  );
}

function requireEntities(name: string, { sentences }: Side): void {
  if (entityLabels(sentences).length > 0) return;
  throw new HeadstartError(
    "E_LABELS",
    `The ${name} sentences have no entities. Give a corpus with tagged entities; of CoNLL the last column counts`,
  );
}
