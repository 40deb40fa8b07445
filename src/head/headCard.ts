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
    ...calibrationLines(file),
    "## Limits",
    "",
    "Scores hold for texts like the training rows. On another kind of text, measure first: `headstart evaluate`, or `headstart transfer` for the whole picture.",
    "It works with the encoder named above only; loading it with another is refused. " + contents(file),
    ...(training.warnings.length > 0
      ? ["", "Warnings at training:", "", ...training.warnings.map((w) => `- ${plain(w)}`)]
      : []),
    "",
  ].join("\n");
}

function calibrationLines({ calibration }: HeadFile): string[] {
  if (calibration === undefined) return [];
  const { temperature, n, before, after } = calibration;
  const line = (name: string, { ece, brier, logLoss, intervals95: i }: typeof before): string =>
    `| ${name} | ${ece.toFixed(3)} (${i.ece.map((x) => x.toFixed(3)).join(" to ")}) | ${brier.toFixed(3)} | ${logLoss.toFixed(3)} |`;
  return [
    "## Calibration",
    "",
    `Logits are divided by ${temperature.toFixed(4)}, fitted on ${n.toLocaleString("en")} dev rows; "after" is measured by five folds, each under a temperature fitted on the others.`,
    "",
    "| | calibration error (95 %) | Brier | log loss |",
    "| --- | --- | --- | --- |",
    line("before", before),
    line("after", after),
    "",
    "Thresholds (`--min-precision`, `--max-risk`, `--coverage`) and label sets (`--sets`) are worked out from the same rows. Their promises hold for texts drawn like those, and for no others.",
    "",
  ];
}

function contents({ neighbours }: HeadFile): string {
  const weights = "It holds weights, its answers on dev rows as numbers, and hashes of words for its baseline";
  if (neighbours === undefined) return `${weights}, but no training text.`;
  const { rows, bytes } = neighbours;
  return `${weights}. **It holds ${rows.toLocaleString("en")} training texts with their labels** (\`neighbours.safetensors\`, ${(bytes / 1e6).toFixed(1)} MB) to explain answers with; train with \`--no-neighbours\` where the texts must not travel.`;
}

/** A user's words inside Markdown: no markup, one line. */
const plain = (text: string): string => text.replace(/\s+/g, " ").replace(/([\\`*_[\]<>|#])/g, "\\$1");
