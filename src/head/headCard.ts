import type { HeadFile } from "./headFile.js";

/** The card of a head, in Markdown: what it answers, on what it was trained, how well it does and where it may not. */
export function headCard(file: HeadFile): string {
  const { training, encoder, labels } = file;
  const { dev } = training;
  const number = (x: number): string => x.toFixed(3);
  const score = (name: string, s: { accuracy: number; macroF1: number }): string =>
    `| ${name} | ${number(s.accuracy)} | ${number(s.macroF1)} |`;
  const counts = Object.entries(training.labelCounts).map(([label, n]) => `${plain(label)} ${n.toLocaleString("en")}`);
  return [
    `# ${file.task} head`,
    "",
    `Answers one of ${labels.length} labels for a text: ${labels.map(plain).join(", ")}. A ${file.kind} head of [headstart](https://www.npmjs.com/package/headstart) ` +
      `on frozen vectors of ${plain(encoder.name)} (${encoder.width} wide, ${encoder.pooling} pooling, at most ${encoder.maxTokens} tokens, ${encoder.precision}).`,
    "",
    "## Training",
    "",
    `- Rows: ${training.n.toLocaleString("en")} (${counts.join(", ")}) from ${training.files.map(plain).join(", ")}`,
    `- Rejected rows: ${training.rejected}; rows dropped by the label map: ${training.dropped}`,
    `- Class weights: ${training.classWeights}; strength ${training.strength}, chosen on dev among ${training.trials.length}; seed ${training.seed}`,
    "",
    "## Scores on dev rows",
    "",
    `Dev: ${training.devFrom}. The strength was chosen on these rows, so they flatter a little; evaluate on rows of your own.`,
    "",
    "| | accuracy | macro-F1 |",
    "| --- | --- | --- |",
    score("this head", dev),
    ...(dev.bagOfWords === null ? [] : [score("bag of words, same rows", dev.bagOfWords)]),
    score("always the commonest label", dev.majority),
    "",
    `n = ${dev.n.toLocaleString("en")}; macro-F1's 95 % interval is ${number(dev.interval95[0])} to ${number(dev.interval95[1])}; macro-recall ${number(dev.macroRecall)}.`,
    "",
    "## Limits",
    "",
    "Scores hold for texts like the training rows. On another kind of text, measure first: `headstart evaluate`, or `headstart transfer` for the whole picture.",
    "It works with the encoder named above only; loading it with another is refused. It holds weights, and hashes of words for its baseline, but no training text.",
    ...(training.warnings.length > 0
      ? ["", "Warnings at training:", "", ...training.warnings.map((w) => `- ${plain(w)}`)]
      : []),
    "",
  ].join("\n");
}

/** A user's words inside Markdown: no markup, one line. */
const plain = (text: string): string => text.replace(/\s+/g, " ").replace(/([\\`*_[\]<>|#])/g, "\\$1");
