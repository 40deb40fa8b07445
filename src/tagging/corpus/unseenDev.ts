import { unseenRows } from "../../dataset/seenRows.js";
import { HeadstartError } from "../../errors.js";
import { count, counted } from "../../text/numbers.js";
import type { TaggedCorpus } from "./sentence.js";

/** Dev sentences that are no training sentences. */
export interface UnseenDevSentences {
  readonly devCorpus: TaggedCorpus | undefined;
  /** What was left out, in one line; undefined for nothing. */
  readonly remark: string | undefined;
}

const OF_TRAINING = { training: "training", instead: "leave out --dev: training sentences are then set aside" };

/**
 * The dev sentences without those whose text, normalized, is that of a training sentence: on these a head says nothing of
 * new texts.
 *
 * @param names.instead  what to do without dev sentences of one's own, after "or"
 * @throws HeadstartError E_NO_ROWS where no dev sentence is left
 */
export function unseenDev(
  corpus: TaggedCorpus,
  devCorpus: TaggedCorpus | undefined,
  { training, instead } = OF_TRAINING,
): UnseenDevSentences {
  if (devCorpus === undefined) return { devCorpus, remark: undefined };
  const [known, texts] = [corpus, devCorpus].map(({ sentences }) => sentences.map(({ text }) => text));
  const rows = unseenRows(known, texts);
  const [all, seen] = [texts.length, texts.length - rows.length];
  const files = devCorpus.files.join(", ");
  if (rows.length === 0) {
    throw new HeadstartError(
      "E_NO_ROWS",
      `Cannot measure on ${files}: ${all === 1 ? "its dev sentence is" : `all ${counted(all, "dev sentence")} are`} among the ` +
        `${training} sentences, on which a head says nothing of new texts. Give others, or ${instead}`,
      { file: devCorpus.files[0] },
    );
  }
  if (seen === 0) return { devCorpus, remark: undefined };
  return {
    devCorpus: { ...devCorpus, sentences: Array.from(rows, (s) => devCorpus.sentences[s]) },
    remark: `${files}: ${count(seen)} of ${counted(all, "dev sentence")} ${seen === 1 ? "is" : "are"} among the ${training} sentences, and left out`,
  };
}
