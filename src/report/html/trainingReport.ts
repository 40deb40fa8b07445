import { excerpt } from "../../errors.js";
import type { HeadFile } from "../../head/file/schema.js";
import { count, decimals, range, rows } from "../../text/numbers.js";
import { html, section, verbatim, type Content, type Html } from "./html.js";
import { learningCurveSection } from "./learningCurve.js";
import { lossCurves, type LossCurve } from "./lossCurves.js";
import { pageText } from "./page.js";
import { table } from "./table.js";

/** What the page of a training shows: a head's own record, without the weights. */
export type TrainingRecord = Pick<HeadFile, "task" | "kind" | "labels" | "training" | "calibration">;

/**
 * A training as one self-contained HTML page: losses, what was tried and chosen, scores on the dev rows.
 *
 * The same record gives the same page.
 */
export function renderTrainingReport(record: TrainingRecord): string {
  const { task, training, kind } = record;
  const files = training.files.join(", ");
  const body = html`<main>
    <header>
      <p class="kicker">headstart · training</p>
      <h1>${kind === "mlp" ? "MLP" : "Logistic"} head, ${task}, from ${verbatim(files)}</h1>
      <ul class="findings">
        ${findings(record).map((finding) => html`<li>${finding}</li>`)}
      </ul>
    </header>
    ${losses(training.curve)}${trials(training)}${candidates(training.search)}${fewShot(training.fewShot)}${learningCurveSection(training.learningCurve)}
    <footer>The card beside this page, README.md, says what the head is for and what its limits are.</footer>
  </main>`;
  return pageText(`${excerpt(files)}: training`, body);
}

/** A training in progress. */
export interface TrainingSoFar {
  readonly files: readonly string[];
  /** Epochs at most. */
  readonly most: number;
  readonly curve: NonNullable<TrainingRecord["training"]["curve"]>;
}

/** Seconds after which a browser reloads the page of a training in progress. */
const REFRESH = 2;

/** The losses so far, as a page that reloads itself. */
export function renderTrainingSoFar({ files, most, curve }: TrainingSoFar): string {
  const body = html`<main>
    <header>
      <p class="kicker">headstart · training in progress</p>
      <h1>Epoch ${curve.train.length} of at most ${most}, from ${verbatim(files.join(", "))}</h1>
    </header>
    ${losses(curve)}
    <footer>This page is updated during training and reloads every ${REFRESH} seconds.</footer>
  </main>`;
  return pageText(`${excerpt(files.join(", "))}: training`, body, { refresh: REFRESH });
}

function findings({ training, calibration }: TrainingRecord): Content[] {
  const { n, dev, devFrom, labelCounts } = training;
  const counts = Object.entries(labelCounts).map(([label, own]) => html` ${verbatim(label)} ${count(own)},`);
  return [
    html`Trained on${counts} ${rows(n)}.`,
    html`Macro-F1 on held-out rows ${decimals(dev.macroF1)} (95&nbsp;% ${range(dev.interval95)}), ${rows(dev.n)}:
    ${devFrom}.`,
    ...(calibration === undefined
      ? []
      : [
          `Log loss on held-out rows ${decimals(calibration.before.logLoss)} before calibration, ${decimals(calibration.after.logLoss)} after; calibration error ${decimals(calibration.after.ece)} (95\u00A0% ${range(calibration.after.intervals95.ece)}).`,
        ]),
    ...training.warnings.map((warning) => verbatim(warning)),
  ];
}

function losses(curve: HeadFile["training"]["curve"]): Html | null {
  if (curve === undefined || curve.train.length === 0) return null;
  const { unit, train, dev, best } = curve;
  const curves: LossCurve[] = [
    { name: "training", mark: "source", values: train },
    ...(dev === null ? [] : [{ name: "held out", mark: "target" as const, values: dev }]),
  ];
  const label = `Losses over ${train.length} ${unit}s, from ${decimals(train[0])} to ${decimals(train[train.length - 1])} in training`;
  return section(
    "losses",
    "Losses",
    html`<p>The head is that of ${unit} ${best} of ${train.length}, at the dashed line.</p>
      ${lossCurves(curves, { unit, best, label })}
      <details>
        <summary>The numbers behind the curves</summary>
        ${table(
          shownSteps(train.length).map((i) => [count(i + 1), ...curves.map(({ values }) => lossText(values[i]))]),
          {
            caption: "Mean loss",
            head: [unit, ...curves.map(({ name }) => name)],
          },
        )}
      </details>`,
  );
}

/** Steps of the table at most; of a longer training every nth, and the last. */
const MOST_STEPS = 50;

const shownSteps = (steps: number): readonly number[] =>
  Array.from({ length: steps }, (_, i) => i).filter((i) => i % Math.ceil(steps / MOST_STEPS) === 0 || i === steps - 1);

const lossText = (loss: number | undefined): string => (loss === undefined ? "–" : loss.toFixed(4));

function trials({ trials: tried, C }: HeadFile["training"]): Html | null {
  if (tried.length === 0) return null;
  const body = tried.map((trial) => [
    `${trial.C}${trial.C === C ? " (chosen)" : ""}`,
    count(trial.iterations),
    trial.devLogLoss.toFixed(4),
    decimals(trial.devMacroF1),
  ]);
  const head = ["C", "iterations", "held-out log loss", "held-out macro-F1"];
  return section("trials", "Values of C", table(body, { caption: "From strong to weak regularization", head }));
}

function candidates(search: HeadFile["training"]["search"]): Html | null {
  if (search === undefined) return null;
  const { folds, rows: n, rule, chosen, skipped } = search;
  const spread = ({ mean, deviation }: { mean: number; deviation: number }): string =>
    `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`;
  const body = search.candidates.map(({ name, logLoss, macroF1 }) => [
    `${name}${name === chosen ? " (chosen)" : ""}`,
    spread(logLoss),
    spread(macroF1),
  ]);
  return section(
    "choice",
    "Candidates",
    html`<p>${folds}-fold cross-validation, ${rows(n)}, equal texts in one fold; chosen is ${rule}.</p>
      ${table(body, { caption: "Mean ± standard deviation over the folds", head: ["", "log loss", "macro-F1"] })}
      ${skipped.length === 0 ? null : html`<p>No time was left for: ${skipped.join("; ")}.</p>`}`,
  );
}

function fewShot(found: HeadFile["training"]["fewShot"]): Html | null {
  if (found === undefined || found.length === 0) return null;
  const body = found.map(({ perLabel, macroF1: { mean, deviation, lowest, highest } }) => [
    count(perLabel),
    decimals(mean),
    decimals(deviation),
    range([lowest, highest]),
  ]);
  const caption = `Macro-F1 over ${found[0].seeds} draws`;
  const head = ["rows a label", "mean", "standard deviation", "lowest to highest"];
  return section("fewShot", "Few-shot scores", table(body, { caption, head }));
}
