// Simulates the band of a learning curve, its forecast, and the calls of a comparison, where the truth is known.
//   node scripts/simulate/curves.mjs [seed] [trials]

const { learningCurve } = await import("../../dist/classification/curve/learningCurve.js");
const { pickRows } = await import("../../dist/dataset/labeledVectors.js");
const { argmax, predictProbabilities } = await import("../../dist/head/head.js");
const { fitLogistic } = await import("../../dist/head/linear/logistic.js");
const { seeded } = await import("../../dist/math/random.js");
const { comparePredictions } = await import("../../dist/metrics/comparison.js");
const { scorePredictions } = await import("../../dist/metrics/classification.js");

const [seed = 1, trials = 20] = process.argv.slice(2).map(Number);
const WIDTH = 16;
const random = seeded(seed);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Rows of clouds around a center for each label, `shares` of them of each. */
function rows(n, shares, distance) {
  const labels = [];
  const data = new Float32Array(n * WIDTH);
  for (let r = 0; r < n; r++) {
    let left = random();
    const k = Math.max(
      0,
      shares.findIndex((share) => (left -= share) < 0),
    );
    labels.push(`label ${k}`);
    for (let d = 0; d < WIDTH; d++) data[r * WIDTH + d] = normal() + (d === k ? distance : 0);
  }
  const texts = labels.map((_, r) => `text ${r} of ${random()}`);
  return { texts, labels, vectors: { rows: n, cols: WIDTH, data } };
}

const names = (shares) => shares.map((_, k) => `label ${k}`);
const indices = (data, labels) => Int32Array.from(data.labels, (label) => labels.indexOf(label));

/** Macro-F1 on very many rows of a head that is trained on `train`. */
async function truthOf(train, test, labels, C) {
  const { head } = await fitLogistic(train.vectors, indices(train, labels), { labels, C, tolerance: 1e-4, threads: 1 });
  const predicted = argmax(predictProbabilities(head, test.vectors), labels.length);
  return scorePredictions(indices(test, labels), predicted, labels.length).macroF1;
}

const percent = (share) => `${(100 * share).toFixed(0)} %`;
const SETTINGS = [
  { n: 200, shares: [0.5, 0.5], distance: 1 },
  { n: 400, shares: [0.5, 0.3, 0.2], distance: 1.5 },
  { n: 800, shares: [0.8, 0.2], distance: 1 },
];

console.log(
  "| rows | labels' shares | band covers a new draw | forecast's interval covers | median width of it | says nothing |",
);
console.log("| --- | --- | --- | --- | --- | --- |");
for (const { n, shares, distance } of SETTINGS) {
  const labels = names(shares);
  const test = rows(20_000, shares, distance);
  // What heads of n and of 2 n rows reach on average.
  const [now, later] = [[], []];
  for (let i = 0; i < 20; i++) {
    const more = rows(2 * n, shares, distance);
    now.push(
      await truthOf(
        pickRows(
          more,
          Array.from({ length: n }, (_, r) => r),
        ),
        test,
        labels,
        0.1,
      ),
    );
    later.push(await truthOf(more, test, labels, 0.1));
  }
  const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const gain = mean(later) - mean(now);
  let [bands, covered, forecasts, right, silent] = [0, 0, 0, 0, 0];
  const widths = [];
  for (let trial = 0; trial < trials; trial++) {
    const data = rows(n, shares, distance);
    const curve = await learningCurve(data, { labels, classWeights: "none", seed: trial + 1, threads: 1 });
    for (const { rows: size, band95 } of curve.points) {
      const drawn = rows(size, shares, distance);
      if (new Set(drawn.labels).size < labels.length) continue;
      const reached = await truthOf(drawn, test, labels, size < 100 ? 1 : 0.1);
      bands++;
      if (reached >= band95[0] && reached <= band95[1]) covered++;
    }
    if (curve.forecast === null) continue;
    const [low, high] = curve.forecast.interval95;
    forecasts++;
    widths.push(high - low);
    if (low <= gain && gain <= high) right++;
    if (curve.says.includes("cannot say")) silent++;
  }
  widths.sort((a, b) => a - b);
  const median = widths[Math.floor(widths.length / 2)];
  console.log(
    `| ${n} | ${shares.join(", ")} | ${percent(covered / bands)} of ${bands} | ${percent(right / forecasts)} of ${forecasts} (gain ${gain.toFixed(3)}) | ${median.toFixed(3)} | ${percent(silent / forecasts)} |`,
  );
}

console.log("\n| rows | labels' shares | two of equal skill are called different |");
console.log("| --- | --- | --- |");
const COMPARED = 1000;
for (const n of [10, 20, 50, 200, 1000]) {
  for (const shares of [
    [0.5, 0.5],
    [0.9, 0.1],
    [0.6, 0.3, 0.1],
  ]) {
    const draw = () => {
      let left = random();
      return Math.max(
        0,
        shares.findIndex((share) => (left -= share) < 0),
      );
    };
    let calls = 0;
    for (let trial = 0; trial < COMPARED; trial++) {
      const truth = Int32Array.from({ length: n }, draw);
      const [first, second] = [0, 1].map(() => truth.map((t) => (random() < 0.6 ? t : draw())));
      const { call } = comparePredictions(truth, [first, second], names(shares), { seed: trial, resamples: 500 });
      if (call !== "unknown") calls++;
    }
    console.log(`| ${n} | ${shares.join(", ")} | ${((100 * calls) / COMPARED).toFixed(1)} % of ${COMPARED} |`);
  }
}
