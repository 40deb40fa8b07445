import { intervalNote } from "../../text/intervalNote.js";
import { mapLines } from "../../head/file/reading.js";
import { heldSection, type HeldTexts } from "../../head/file/heldTexts.js";
import type { TaggerFile } from "./schema.js";
import { count } from "../../text/numbers.js";
import { plain } from "../../text/markdown.js";

/** The card of a tagger, in Markdown: what it finds, what it was trained on, how well it does, and its limits. */
export function taggerCard(file: TaggerFile, held: HeldTexts): string {
  const { kind, crf, labels, encoder, words, training } = file;
  const { dev } = training;
  const number = (x: number): string => x.toFixed(3);
  const counts = Object.entries(training.labelCounts).map(([label, n]) => `${plain(label)} ${count(n)}`);
  const looks = Object.entries(words.surfaceFeatures).flatMap(([name, on]) => (on ? [name] : []));
  return [
    "# ner head",
    "",
    `Finds entities of ${labels.length} labels: ${labels.map(plain).join(", ")}. ${kind === "mlp" ? "An MLP" : "A linear model"}` +
      `${crf ? " with a linear-chain CRF" : ""} of [headstart](https://www.npmjs.com/package/headstart) on frozen word vectors of ` +
      `${plain(encoder.name)} (layers ${encoder.layers.join(", ")}; subword pooling ${words.subwordPooling}; ${encoder.precision})` +
      `${looks.length > 0 ? `, and on surface features of words (${looks.join(", ")})` : ""}.`,
    "",
    "## Training",
    "",
    `- Sentences: ${count(training.n)} from ${training.files.map(plain).join(", ")}`,
    `- Entities: ${counts.join(", ")}`,
    ...mapLines(file.reading),
    `- Epochs: ${training.epochs}, chosen on dev among ${training.trials.length}; seed ${training.seed}; tags repaired: ${training.repaired}`,
    "",
    "## Scores on dev sentences",
    "",
    `Dev: ${training.devFrom}. The epoch was chosen on these sentences, so these scores are slightly optimistic.`,
    "",
    `Strict entity F1 ${number(dev.entityF1)} (95 % ${number(dev.interval95[0])} to ${number(dev.interval95[1])}; precision ` +
      `${number(dev.entityPrecision)}, recall ${number(dev.entityRecall)}; ${dev.entities} entities in ${dev.n} sentences); on surface forms ` +
      `not seen in training ${number(dev.unseen.f1)}. ${intervalNote("sentence")}`,
    "",
    ...heldSection(held),
    "## Limits",
    "",
    "Scores hold for texts like the training sentences. It works only with the encoder named above; loading it with another",
    "is refused.",
    "",
  ].join("\n");
}
