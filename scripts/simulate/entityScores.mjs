// Whether the scores of entities are probabilities, and how far choosing on dev sentences makes F1 too high.
//
//   node scripts/simulate/entityScores.mjs [--seed 1] [--draws 200]
//   HEADSTART_CORPORA=<folder> node scripts/simulate/entityScores.mjs --corpus crossner-science [--epochs 30] [--split]

import path from "node:path";
import { parseArgs } from "node:util";

const dist = (file) => import(new URL(`../../dist/${file}`, import.meta.url).href);
const { seeded } = await dist("math/random.js");
const { calibrateScores, sentenceFolds } = await dist("tagging/calibrateScores.js");
const { evaluateScores } = await dist("tagging/entityScores.js");
const { calibratedScore } = await dist("tagging/model/scoreCalibration.js");
const { bestOf, countsByFold, crossFittedF1, f1Of } = await dist("tagging/model/foldCounts.js");

const { values: flags } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    draws: { type: "string", default: "200" },
    corpus: { type: "string" },
    epochs: { type: "string" },
    split: { type: "boolean", default: false },
  },
});
const [seed, draws] = [Number(flags.seed), Number(flags.draws)];
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const row = (...cells) =>
  console.log(`| ${cells.map((cell) => (typeof cell === "number" ? cell.toFixed(3) : cell)).join(" | ")} |`);
const head = (...names) => {
  row(...names);
  row(...names.map(() => "---"));
};

/** Scores as functions of the probability that the entity is right. */
const DISTORTIONS = {
  "none: the scores are probabilities": { a: 1, b: 1, shift: 0 },
  "too extreme: logits times 2.5": { a: 2.5, b: 2.5, shift: 0 },
  "too high: logits times 2, plus 1.5": { a: 2, b: 2, shift: 1.5 },
};

/** A probability between 0.05 and 1, more often high than low. */
const drawProbability = (random) => 0.05 + 0.94 * Math.sqrt(random());

/** Dev sentences with one to three entities that were found in each. */
function drawDev(n, distortion, random) {
  const [found, sentences] = [[], []];
  for (let left = n; left > 0;) {
    const words = Array.from({ length: Math.min(left, 1 + Math.floor(3 * random())) }, (_, w) => ({
      start: 9 * w,
      end: 9 * w + 8,
    }));
    const truth = words.map(() => drawProbability(random));
    const tags = truth.map((p) => (random() < p ? "B-x" : "O"));
    sentences.push({
      text: `sentence ${sentences.length}`,
      words,
      tags,
      written: tags,
      unaligned: [],
      file: "",
      line: 1,
    });
    found.push(
      words.map((word, w) => ({ ...word, label: "x", text: "", score: calibratedScore(distortion, truth[w]) })),
    );
    left -= words.length;
  }
  return { found, sentences };
}

/** Expected log loss, and mean distance from the truth, of a map of scores on entities that are drawn anew. */
function measure(distortion, map, random) {
  const all = Array.from({ length: 2000 }, () => {
    const p = drawProbability(random);
    const q = Math.min(1 - 1e-12, Math.max(1e-12, map(calibratedScore(distortion, p))));
    return { loss: -p * Math.log(q) - (1 - p) * Math.log(1 - q), gap: Math.abs(q - p), over: q - p };
  });
  return {
    loss: mean(all.map(({ loss }) => loss)),
    gap: mean(all.map(({ gap }) => gap)),
    over: mean(all.map(({ over }) => over)),
  };
}

async function knownTruth() {
  console.log("\nScores distorted by a known amount\n");
  head(
    "scores",
    "dev entities",
    "calibrated in",
    "distance from the truth, before",
    "after",
    "mean score less truth, before",
    "after",
    "log loss, before",
    "after",
    "made worse by over 0.01 in",
  );
  for (const [name, distortion] of Object.entries(DISTORTIONS)) {
    for (const n of [20, 50, 150, 500, 2000]) {
      const runs = [];
      for (let d = 0; d < draws; d++) {
        const random = seeded(seed * 1_000_003 + d);
        const { found, sentences } = drawDev(n, distortion, random);
        const folds = sentenceFolds(sentences, { seed: d });
        const { calibration } = await calibrateScores(found, { sentences, folds });
        const map = (score) => (calibration === undefined ? score : calibratedScore(calibration, score));
        const before = measure(distortion, (score) => score, seeded(d));
        runs.push({ chosen: calibration !== undefined, before, after: measure(distortion, map, seeded(d)) });
      }
      const of = (pick) => mean(runs.map(pick));
      row(
        name,
        String(n),
        `${Math.round(100 * of(({ chosen }) => Number(chosen)))} %`,
        of(({ before }) => before.gap),
        of(({ after }) => after.gap),
        of(({ before }) => before.over),
        of(({ after }) => after.over),
        of(({ before }) => before.loss),
        of(({ after }) => after.loss),
        `${Math.round(100 * of(({ before, after }) => Number(after.loss > before.loss + 0.01)))} %`,
      );
    }
  }
}

/** Candidates of which none is better: F1 of the one that is best on dev, and that of choosing. */
function optimism() {
  console.log("\nThe best of candidates that are all alike (true F1 0.600)\n");
  head("candidates", "dev sentences", "F1 of the best on dev", "by cross-fitting", "standard deviation of it");
  for (const candidates of [1, 10, 100]) {
    for (const n of [20, 100, 500]) {
      const runs = Array.from({ length: draws }, (_, d) => {
        const random = seeded(seed * 7919 + d);
        const folds = Int32Array.from({ length: n }, (_, s) => s % 10);
        const tried = Array.from({ length: candidates }, () =>
          countsByFold(
            Array.from({ length: n }, () => ({
              gold: 2,
              predicted: 2,
              correct: Number(random() < 0.6) + Number(random() < 0.6),
            })),
            folds,
          ),
        );
        return { best: f1Of(tried[bestOf(tried)]), fitted: crossFittedF1(tried) };
      });
      const fitted = mean(runs.map((run) => run.fitted));
      const spread = Math.sqrt(mean(runs.map((run) => (run.fitted - fitted) ** 2)));
      row(String(candidates), String(n), mean(runs.map((run) => run.best)), fitted, spread);
    }
  }
}

/** A tagger trained on a corpus, its scores on the test sentences before and after. */
async function corpus(name) {
  const { readTagged } = await dist("tagging/corpus/readTagged.js");
  const { rightSpans } = await dist("tagging/corpus/spans.js");
  const { goldSpans } = await dist("tagging/corpus/spans.js");
  const { unseenDev } = await dist("tagging/corpus/unseenDev.js");
  const { countEntities } = await dist("metrics/entities.js");
  const { contextualVectors } = await dist("tagging/vectors/contextualVectors.js");
  const { loadEncoder } = await dist("encoder/load.js");
  const { BUILT_IN_ENCODER } = await dist("encoder/locate.js");
  const { trainTagger } = await dist("tagging/train.js");
  const { findEntities } = await dist("tagging/evaluate.js");
  const encoder = await loadEncoder(BUILT_IN_ENCODER, { layers: "spread" });
  const read = (part, wordRule) =>
    readTagged([path.join(process.env.HEADSTART_CORPORA, "ner", `${name}.${part}.conll`)], { wordRule });
  const embed = async ({ sentences }) => ({
    sentences,
    ...(await contextualVectors(encoder, sentences, { subwordPooling: "first" })),
  });
  const train = await read("train");
  const unseen = async (part) => unseenDev(train, await read(part, train.wordRule)).devCorpus;
  const dev = flags.split ? undefined : await embed(await unseen("dev"));
  const trained = await trainTagger(await embed(train), {
    dev,
    seed,
    wordRule: train.wordRule,
    layerCount: encoder.ports.states.length,
    ...(flags.epochs === undefined ? {} : { epochs: Number(flags.epochs) }),
  });
  const test = await embed(await unseen("test"));
  head(
    "corpus",
    "dev",
    "dev entities found",
    "dev F1 too high by",
    "test entities found",
    "right",
    "mean score, before",
    "after",
    "log loss, before",
    "after",
    "calibration error, before",
    "after",
  );
  const scoresOf = async (tagger) => {
    const found = await findEntities(tagger, test);
    const judged = found.flatMap((own, s) => {
      const right = rightSpans(own, test.sentences[s]);
      return own.map(({ score }, i) => ({ score, right: right[i] }));
    });
    const counts = found.map((own, s) => countEntities(goldSpans(test.sentences[s]).strict, own));
    return evaluateScores(judged, counts, { calibrated: true, seed });
  };
  const [before, after] = [
    await scoresOf({ ...trained.tagger, scoreCalibration: undefined }),
    await scoresOf(trained.tagger),
  ];
  row(
    name,
    flags.split ? "set aside from train" : "given",
    String(trained.scoreCalibration.entities),
    trained.optimism,
    String(after.n),
    after.right,
    before.meanScore,
    after.meanScore,
    before.logLoss,
    after.logLoss,
    before.ece,
    after.ece,
  );
  await encoder.close();
}

if (flags.corpus === undefined) {
  await knownTruth();
  optimism();
} else await corpus(flags.corpus);
