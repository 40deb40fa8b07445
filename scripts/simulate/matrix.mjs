/**
 * How often `transfer --matrix` calls a source helpful or harmful where none changes anything: domains of one distribution whose
 * learning curve is flat are drawn anew many times, and the tables with any call are counted.
 *
 *     node scripts/simulate/matrix.mjs [--draws 100] [--seed 1] [--domains 4] [--rows 500] [--turned 0]
 *
 * With --turned the means of the last domain's labels lie in another direction, by so many degrees: as a source it does harm.
 */
import { parseArgs } from "node:util";
import { matrix } from "../../dist/math/matrix.js";
import { seeded } from "../../dist/math/random.js";
import { transferMatrix } from "../../dist/transfer/matrix/matrix.js";

const { values: flags } = parseArgs({
  options: {
    draws: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    domains: { type: "string", default: "4" },
    rows: { type: "string", default: "500" },
    turned: { type: "string", default: "0" },
  },
});
const [draws, firstSeed, many, rows, turned] = ["draws", "seed", "domains", "rows", "turned"].map((name) =>
  Number(flags[name]),
);
const WIDTH = 4;
const APART = 2;
const odd = `d${many - 1}`;

const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** A domain of two labels, normally distributed around their means. */
function domain(name, random) {
  const angle = name === odd ? (turned / 180) * Math.PI : 0;
  const labels = Array.from({ length: rows }, () => (random() < 0.5 ? "no" : "yes"));
  const data = Float32Array.from({ length: rows * WIDTH }, () => normal(random));
  labels.forEach((label, r) => {
    const side = label === "yes" ? APART / 2 : -APART / 2;
    data[r * WIDTH] += side * Math.cos(angle);
    data[r * WIDTH + 1] += side * Math.sin(angle);
  });
  return { name, rows: { texts: labels.map((_, r) => `${name}w${r}`), labels, vectors: matrix(rows, WIDTH, data) } };
}

const HEAD = `| domains | rows of each | tables | tables with a call where there is no effect | with p below 0.05 there | intervals of such pairs that hold 0 | pairs with a source turned by ${turned} degrees called negative |
| --- | --- | --- | --- | --- | --- | --- |
`;
const isTurned = ({ source, target }) => turned !== 0 && [source, target].includes(odd);
const count = (cells, is) => cells.filter(is).length;
const [same, other] = [[], []];
let [tables, sure] = [0, 0];

function line(drawn) {
  const covered = count(same, ({ differenceInterval95: [low, high] }) => low <= 0 && 0 <= high);
  const harmed = turned === 0 ? "-" : `${count(other, ({ call }) => call === "negative")} of ${other.length}`;
  return `| ${many} | ${rows} | ${drawn} | ${tables} | ${sure} | ${covered} of ${same.length} | ${harmed} |`;
}

for (let seed = firstSeed; seed < firstSeed + draws; seed++) {
  const random = seeded(seed);
  const domains = Array.from({ length: many }, (_, d) => domain(`d${d}`, random));
  const { cells } = await transferMatrix(domains, { seed, threads: 1 });
  const own = cells.filter((cell) => !isTurned(cell));
  same.push(...own);
  other.push(...cells.filter((cell) => isTurned(cell) && cell.source === odd));
  if (own.some(({ call }) => call !== "neutral")) tables++;
  if (own.some(({ p }) => p < 0.05)) sure++;
  // A line a table: a run that is stopped has counted as many as it says.
  process.stderr.write(`${line(seed - firstSeed + 1)}\n`);
}
console.log(HEAD + line(draws));
