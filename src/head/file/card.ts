import { intervalNote } from "../../text/intervalNote.js";
import type { HeadFile } from "./schema.js";
import { heldSection, type HeldTexts } from "./heldTexts.js";
import { readingLines } from "./reading.js";
import { sparkline } from "./sparkline.js";
import { count } from "../../text/numbers.js";
import { plain } from "../../text/markdown.js";

/** The card of a head, in Markdown: what it predicts, what it was trained on, how well it does, and its limits. */
export function headCard(file: HeadFile, held: HeldTexts): string {
  const { training, encoder, labels } = file;
  const { dev } = training;
  const number = (x: number): string => x.toFixed(3);
  const score = (name: string, s: { accuracy: number; macroF1: number }): string =>
    `| ${name} | ${number(s.accuracy)} | ${number(s.macroF1)} |`;
  const counts = Object.entries(training.labelCounts).map(([label, n]) => `${plain(label)} ${count(n)}`);
  return [
    `# ${file.task} head`,
    "",
    `Predicts one of ${labels.length} labels for a text: ${labels.map(plain).join(", ")}. ${file.kind === "mlp" ? "An MLP" : "A logistic"} head of [headstart](https://www.npmjs.com/package/headstart) ` +
      `on frozen vectors of ${plain(encoder.name)} (${encoder.width} wide, ${encoder.pooling} pooling, at most ${encoder.maxTokens} tokens, ${encoder.precision}).`,
    "",
    "## Training",
    "",
    `- Rows: ${count(training.n)} (${counts.join(", ")}) from ${training.files.map(plain).join(", ")}`,
    `- Rejected rows: ${training.rejected}; rows dropped by the label map: ${training.dropped}`,
    ...readingLines(file.reading),
    `- Class weights: ${training.classWeights}; ${settingsOf(file)}; seed ${training.seed}`,
    ...curveLines(training.curve),
    ...searchLines(training.search),
    ...fewLines(training.fewShot),
    ...learningCurveLines(training.learningCurve),
    "",
    ...crossValidationLines(training.cv),
    "## Scores on held-out rows",
    "",
    `Held-out rows: ${training.devFrom}. ${devRole(file)}`,
    "",
    "| | accuracy | macro-F1 |",
    "| --- | --- | --- |",
    score("this head", dev),
    ...(dev.bagOfWords === null ? [] : [score(`bag of words, same rows${bagOfWordsForm(file)}`, dev.bagOfWords)]),
    score("always the majority class", dev.majority),
    "",
    `n = ${count(dev.n)}; macro-F1's 95 % interval is ${number(dev.interval95[0])} to ${number(dev.interval95[1])}; macro-recall ${number(dev.macroRecall)}. ${intervalNote("row")}`,
    "",
    ...calibrationLines(file),
    ...heldSection(held),
    "## Limits",
    "",
    "Scores hold for texts like the training rows. On another kind of text, measure first: `headstart evaluate`, or `headstart transfer` for a full comparison.",
    "It works only with the encoder named above; loading it with another is refused.",
    ...(training.warnings.length > 0
      ? ["", "Warnings during training:", "", ...training.warnings.map((w) => `- ${plain(w)}`)]
      : []),
    "",
  ].join("\n");
}

/** What the baseline counts, where that was kept. */
function bagOfWordsForm({ training: { bagOfWords } }: HeadFile): string {
  if (bagOfWords === undefined) return "";
  return ` (${bagOfWords.features}${bagOfWords.C === null ? "" : `, C ${bagOfWords.C}`})`;
}

function settingsOf({ training, mlp }: HeadFile): string {
  const how = training.search === undefined ? "" : ", chosen by cross-validation (below)";
  if (mlp === undefined) {
    const among = training.trials.length > 0 ? `, chosen among ${training.trials.length}` : "";
    return `C ${training.C}${how || among}`;
  }
  return (
    `hidden ${mlp.hidden.join("-")}, ${mlp.activation}, dropout ${mlp.dropout}, AdamW at ${mlp.learningRate} ` +
    `(${mlp.schedule}, weight decay ${mlp.weightDecay}), batches of ${mlp.batchSize}, at most ${mlp.epochs} epochs${how}`
  );
}

function devRole({ training, kind }: HeadFile): string {
  const { choice, devFrom } = training;
  if (choice !== undefined) {
    const isOther = choice.includes("these rows") || devFrom.endsWith("given for it");
    const how = isOther
      ? ""
      : " Each row was predicted by a head that was fitted without it; the head itself is fitted on all rows.";
    return `${choice}.${how}`;
  }
  if (training.search !== undefined) return "Nothing was chosen on these rows.";
  const what = kind === "mlp" ? "The last epoch" : "C";
  return `${what} was chosen on these rows, so these scores are slightly optimistic; evaluate on rows of your own.`;
}

function curveLines(curve: HeadFile["training"]["curve"]): string[] {
  if (curve === undefined || curve.train.length === 0) return [];
  const line = (name: string, values: readonly number[]): string =>
    `    ${name.padEnd(8)} ${sparkline(values)} ${values[0].toFixed(3)} to ${values[values.length - 1].toFixed(3)}`;
  return [
    "",
    `Losses over ${curve.train.length} ${curve.unit}s; the head is that of ${curve.unit} ${curve.best}:`,
    "",
    line("training", curve.train),
    ...(curve.dev === null ? [] : [line("held out", curve.dev)]),
  ];
}

function searchLines(search: HeadFile["training"]["search"]): string[] {
  if (search === undefined) return [];
  const spread = ({ mean, deviation }: { mean: number; deviation: number }): string =>
    `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`;
  return [
    "",
    "## Choice",
    "",
    `${search.folds}-fold cross-validation on ${count(search.rows)} training rows, equal texts in one fold; chosen is ${search.rule}. Mean ± standard deviation over the folds:`,
    "",
    "| | log loss | macro-F1 |",
    "| --- | --- | --- |",
    ...search.candidates.map(
      ({ name, logLoss, macroF1 }) =>
        `| ${name}${name === search.chosen ? " (chosen)" : ""} | ${spread(logLoss)} | ${spread(macroF1)} |`,
    ),
    ...(search.skipped.length === 0 ? [] : ["", `No time was left for: ${search.skipped.join("; ")}`]),
  ];
}

function fewLines(fewShot: HeadFile["training"]["fewShot"]): string[] {
  if (fewShot === undefined || fewShot.length === 0) return [];
  return [
    "",
    "## Few-shot scores",
    "",
    `| rows a label | macro-F1, mean of ${fewShot[0].seeds} draws | standard deviation | lowest to highest |`,
    "| --- | --- | --- | --- |",
    ...fewShot.map(
      ({ perLabel, macroF1: { mean, deviation, lowest, highest } }) =>
        `| ${perLabel} | ${mean.toFixed(3)} | ${deviation.toFixed(3)} | ${lowest.toFixed(3)} to ${highest.toFixed(3)} |`,
    ),
  ];
}

function learningCurveLines(curve: HeadFile["training"]["learningCurve"]): string[] {
  if (curve === undefined) return [];
  const number = (x: number): string => x.toFixed(3);
  return [
    "",
    "## Learning curve",
    "",
    `Macro-F1 on ${curve.scoredOn}; the band is where another head lies that is trained on so many other rows.`,
    "",
    "| rows | draws | mean | 95 % band |",
    "| --- | --- | --- | --- |",
    ...curve.points.map(
      ({ rows, draws, macroF1, band95: [low, high] }) =>
        `| ${rows} | ${draws} | ${number(macroF1.mean)} | ${number(low)} to ${number(high)} |`,
    ),
    "",
    `${curve.says[0].toUpperCase()}${curve.says.slice(1)}.`,
  ];
}

function crossValidationLines(cv: HeadFile["training"]["cv"]): string[] {
  if (cv === undefined) return [];
  const number = (x: number): string => x.toFixed(3);
  const line = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const score = (name: string, s: { accuracy: number; macroF1: number }): string =>
    line(name, number(s.accuracy), number(s.macroF1));
  const [low, high] = cv.interval95;
  return [
    "## Scores by cross-validation",
    "",
    `All ${count(cv.n)} rows in ${cv.folds} folds, equal texts in one${cv.repeats === undefined ? "" : `, mean of ${cv.repeats} repeats`}: each fold is predicted by a head trained on the others in the same way, with all that is chosen chosen inside them.`,
    "",
    "| | accuracy | macro-F1 |",
    "| --- | --- | --- |",
    score("heads like this one", cv),
    ...(cv.bagOfWords === null ? [] : [score("bag of words, same folds", cv.bagOfWords)]),
    score("always the majority class", cv.majority),
    "",
    `Macro-F1's 95 % interval is ${number(low)} to ${number(high)}. Macro-F1 of the single folds: ${cv.perFold.map(({ macroF1 }) => number(macroF1)).join(", ")}.`,
    "",
    "| label | precision | recall | F1 | rows |",
    "| --- | --- | --- | --- | --- |",
    ...cv.perLabel.map(({ label, precision, recall, f1, support }) =>
      line(plain(label), number(precision), number(recall), number(f1), count(support)),
    ),
    "",
  ];
}

function calibrationLines(file: HeadFile): string[] {
  const { calibration } = file;
  if (calibration === undefined) return [];
  const { temperature, n, before, after } = calibration;
  const line = (name: string, { ece, p, brier, logLoss, intervals95: i }: typeof before): string =>
    `| ${name} | ${logLoss.toFixed(3)} | ${brier.toFixed(3)} | ${ece.toFixed(3)} (${i.ece.map((x) => x.toFixed(3)).join(" to ")}) | ${p?.toFixed(3) ?? "-"} |`;
  return [
    "## Calibration",
    "",
    `Logits are divided by ${temperature.toFixed(4)}, fitted on the predictions of ${count(n)} held-out rows${shiftText(file)}; "after" is measured by five folds, each under a temperature fitted on the others. A temperature of 1 changes nothing: none lowered the log loss of rows that it was not fitted on.`,
    "",
    "| | log loss | Brier | calibration error (95 %) | p |",
    "| --- | --- | --- | --- | --- |",
    line("before", before),
    line("after", after),
    "",
    ...(after.p === undefined
      ? []
      : [
          "The calibration error is the mean gap between probability and accuracy, less what calibrated probabilities would show on as many rows; p is that of the test that the probabilities are calibrated.",
          "",
        ]),
    "Goals (`--min-precision`, `--max-risk`, `--max-false-alarms`), `--coverage` and prediction sets (`--sets`) are computed from the same rows. What is claimed of goals and sets holds for texts drawn like those, and for no others; `--coverage` claims nothing.",
    "",
  ];
}

const shiftText = ({ calibration }: HeadFile): string =>
  calibration?.priorShift === undefined
    ? ""
    : ", then shifted to the labels' shares of the training rows, since balanced class weights hide them; which label is predicted is decided before that";
