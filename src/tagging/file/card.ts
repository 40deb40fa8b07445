import { intervalNote } from "../../text/intervalNote.js";
import { mapLines } from "../../head/file/reading.js";
import { heldSection, type HeldTexts } from "../../head/file/heldTexts.js";
import type { TaggerFile } from "./schema.js";
import { count } from "../../text/numbers.js";
import { plain } from "../../text/markdown.js";
import { optimismText } from "../optimism.js";

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
    `Dev: ${training.devFrom}. Epoch and outside bias were chosen on these sentences, so F1 is ${optimismText(training.optimism, dev.n)}.`,
    "",
    `Strict entity F1 ${number(dev.entityF1)} (95 % ${number(dev.interval95[0])} to ${number(dev.interval95[1])}; precision ` +
      `${number(dev.entityPrecision)}, recall ${number(dev.entityRecall)}; ${dev.entities} entities in ${dev.n} sentences); on surface forms ` +
      `not seen in training ${number(dev.unseen.f1)}. ${intervalNote("sentence")}`,
    "",
    ...scoreSection(file),
    ...heldSection(held),
    "## Limits",
    "",
    "Scores hold for texts like the training sentences. It works only with the encoder named above; loading it with another",
    "is refused.",
    "",
  ].join("\n");
}

/** How the numbers at the entities are to be read. */
function scoreSection({ scoreCalibration, training: { scores } }: TaggerFile): string[] {
  if (scoreCalibration === undefined) {
    const why =
      "The score of an entity is how sure the model is of it, and no probability: often fewer entities are right than scores say.";
    return ["## Scores of entities", "", why, ""];
  }
  const { entities = 0, logLoss } = scores ?? {};
  const brought =
    logLoss === null || logLoss === undefined
      ? ""
      : ` On dev sentences that the calibration has not seen it lowers log loss from ${logLoss.before.toFixed(3)} to ${logLoss.after.toFixed(3)}.`;
  return [
    "## Scores of entities",
    "",
    `The score of an entity is the probability that its words and label are right: the model's own is calibrated (beta calibration) on the ${count(entities)} ` +
      `entities that it found on the dev sentences.${brought} It holds for texts like these; on texts of another kind fewer may be right.`,
    "",
  ];
}
