/**
 * How often the verdict by tagged sentences of `transfer --task ner` is right: training and test sentences of the target are
 * drawn anew many times, the source stays, and each call and interval is compared with the truth, which is the mean difference
 * over all runs.
 *
 *     node scripts/simulate/entityCurves.mjs [--runs 40] [--seed 1] [--only "tags shuffled"]
 *     node scripts/simulate/entityCurves.mjs --corpus sentences.conll [--runs 6]
 *
 * With --corpus the sentences are those of a tagged corpus with vectors of the built-in encoder: source, target training and
 * target are drawn from it, once with the source as it is and once with its tags shuffled.
 */
import { parseArgs } from "node:util";
import { BUILT_IN_ENCODER } from "../../dist/encoder/locate.js";
import { loadEncoder } from "../../dist/encoder/load.js";
import { matrix } from "../../dist/math/matrix.js";
import { seeded, shuffled } from "../../dist/math/random.js";
import { joinWords } from "../../dist/tagging/corpus/joinWords.js";
import { readTagged } from "../../dist/tagging/corpus/readTagged.js";
import { NO_SURFACE_FEATURES } from "../../dist/tagging/model/wordFeatures.js";
import { contextualVectors, offsetsOf } from "../../dist/tagging/vectors/contextualVectors.js";
import { pickSentences } from "../../dist/tagging/vectors/embeddedSentences.js";
import { taggingCurves } from "../../dist/transfer/entities/taggingCurves.js";

const { values: flags } = parseArgs({
  options: {
    runs: { type: "string", default: "40" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    corpus: { type: "string" },
  },
});
const [runs, firstSeed] = [Number(flags.runs), Number(flags.seed)];
const [WIDTH, WORDS, TYPES] = [64, 16, ["x", "y"]];
/** Numbers of a vector that a type moves. */
const MOVED = WIDTH / TYPES.length;
const SIZES = { source: 120, own: 100, target: 200 };

const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Sentences of made-up words, a quarter of them entities of one word, whose vectors lie around the mean of their tag. @param apart  of a type's mean from that of O */
function made(n, random, { apart, name }) {
  const sentences = Array.from({ length: n }, (_, i) => {
    const words = Array.from({ length: WORDS }, (_, w) => `${name}${i}w${w}`);
    const tags = words.map(() => (random() < 0.25 ? `B-${TYPES[random() < 0.5 ? 0 : 1]}` : "O"));
    return { file: name, line: 1 + i, unaligned: [], ...joinWords(words), tags, written: tags };
  });
  const offsets = offsetsOf(sentences);
  const vectors = matrix(offsets[n], WIDTH);
  sentences
    .flatMap(({ tags }) => tags)
    .forEach((tag, w) => {
      for (let d = 0; d < WIDTH; d++) vectors.data[w * WIDTH + d] = normal(random);
      if (tag === "O") return;
      const first = w * WIDTH + TYPES.indexOf(tag.slice(2)) * MOVED;
      for (let d = first; d < first + MOVED; d++) vectors.data[d] += apart / Math.sqrt(MOVED);
    });
  return { sentences, vectors, offsets, cut: new Set() };
}

/** The same sentences, the tags of each dealt anew to its words. */
function withShuffledTags(data, random) {
  const sentences = data.sentences.map((sentence) => {
    const heads = sentence.tags.map((tag) => (tag === "O" ? "O" : `B-${tag.slice(2)}`));
    const tags = Array.from(shuffled(heads.length, random), (w) => heads[w]);
    return { ...sentence, tags, written: tags };
  });
  return { ...data, sentences };
}

const MADE = {
  "more of the same": { apart: 3, source: (apart, random) => made(SIZES.source, random, { apart, name: "s" }) },
  "nothing to gain": { apart: 9, source: (apart, random) => made(SIZES.source, random, { apart, name: "s" }) },
  "tags shuffled": {
    apart: 3,
    source: (apart, random) => withShuffledTags(made(SIZES.source, random, { apart, name: "s" }), random),
  },
};

/** Runs a scenario; gives the verdicts by size of each run. @param sidesOf  the three corpora of a run */
async function verdicts(sidesOf, more) {
  const found = [];
  for (let run = 0; run < runs; run++) {
    const sides = sidesOf(run);
    const all = { difference: 0, standardErrors: { test: 0.01, training: 0.01 } };
    const { byLabels } = await taggingCurves(sides, all, { seed: firstSeed + run, threads: 1, ...more });
    found.push(byLabels.slice(0, -1)); // the last is given, and not measured here
    process.stderr.write(".");
  }
  return found;
}

function report(name, found) {
  found[0].forEach(({ n }, i) => {
    const at = found.map((sizes) => sizes[i]);
    const truth = at.reduce((sum, { difference }) => sum + difference, 0) / at.length;
    const share = (test) => `${Math.round((100 * at.filter(test).length) / at.length)} %`;
    const covered = at.filter(({ interval95: [low, high] }) => low <= truth && truth <= high).length / at.length;
    const width = at.reduce((sum, { interval95: [low, high] }) => sum + high - low, 0) / at.length;
    const calls = ["negative", "positive", "neutral"].map((call) => share((one) => one.call === call));
    const sign = truth < 0 ? "-" : "+";
    const cells = [
      name,
      n,
      at.length,
      sign + Math.abs(truth).toFixed(3),
      covered.toFixed(2),
      ...calls,
      width.toFixed(3),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  });
}

console.log(
  "| source | tagged target sentences | runs | mean difference | interval contains it | negative | positive | neutral | mean width |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");

if (flags.corpus === undefined) {
  for (const [name, { apart, source }] of Object.entries(MADE)) {
    if (flags.only !== undefined && flags.only !== name) continue;
    const fixed = source(apart, seeded(firstSeed));
    const sidesOf = (run) => {
      const random = seeded(1000 * firstSeed + run + 1);
      const side = (n, as) => made(n, random, { apart, name: as });
      return { source: fixed, targetTrain: side(SIZES.own, "o"), target: side(SIZES.target, "t") };
    };
    report(name, await verdicts(sidesOf, { surfaceFeatures: NO_SURFACE_FEATURES }));
  }
} else {
  const { sentences } = await readTagged([flags.corpus]);
  const encoder = await loadEncoder(BUILT_IN_ENCODER, { layers: "spread" });
  const data = { sentences, ...(await contextualVectors(encoder, sentences)) };
  const layerCount = encoder.ports.states.length;
  await encoder.close();
  const order = [...shuffled(sentences.length, seeded(firstSeed))];
  const [many, few] = [Math.floor(sentences.length / 3), 50];
  const right = pickSentences(data, order.slice(0, many));
  const rest = order.slice(many);
  for (const [name, source] of [
    ["more of the corpus", right],
    ["the same, its tags shuffled", withShuffledTags(right, seeded(firstSeed))],
  ]) {
    if (flags.only !== undefined && flags.only !== name) continue;
    const sidesOf = (run) => {
      const drawn = Array.from(shuffled(rest.length, seeded(firstSeed + run + 1)), (r) => rest[r]);
      const [own, others] = [drawn.slice(0, few), drawn.slice(few, few + 200)];
      return { source, targetTrain: pickSentences(data, own), target: pickSentences(data, others) };
    };
    report(name, await verdicts(sidesOf, { layerCount }));
  }
}
