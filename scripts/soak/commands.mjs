// @ts-check
/** The commands that are tried, each with what it reads and writes. */

import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { must } from "./play.mjs";

const WORDS = [
  ["sun", "lovely", "great", "happy", "best"],
  ["rain", "awful", "worst", "sad", "broken"],
];

/**
 * @typedef {object} Try
 * @property {string} name
 * @property {(output: string) => readonly string[]} args  of the command that writes `output`
 * @property {readonly string[]} other  flags with which it writes something else
 * @property {readonly string[]} [fresh]  what else it keeps, made anew for each run
 */

/** @type {readonly Try[]} */
export const COMMANDS = [
  ...["npy", "parquet", "arrow", "jsonl"].map((ending) => ({
    name: `embed .${ending}`,
    args: (/** @type {string} */ output) => ["embed", "in.csv", "-o", `${output}.${ending}`, "--bad-rows", "skip"],
    other: ["--limit", "40"],
  })),
  {
    name: "embed --cache",
    args: (o) => ["embed", "in.csv", "-o", `${o}.npy`, "--bad-rows", "skip", "--cache", "kept"],
    other: ["--limit", "40"],
    fresh: ["kept"],
  },
  {
    name: "embed int8",
    args: (o) => ["embed", "in.csv", "-o", `${o}.npy`, "--bad-rows", "skip", "--precision", "int8"],
    other: ["--limit", "40"],
    fresh: ["home/.cache/headstart"],
  },
  {
    name: "embed from the hub",
    args: (o) => ["embed", "in.csv", "-o", `${o}.npy`, "--bad-rows", "skip", "--encoder", "owner/tiny"],
    other: ["--limit", "40"],
    fresh: ["home/.cache/huggingface"],
  },
  {
    name: "train",
    args: (o) => ["train", "in.csv", "-o", o, "--bad-rows", "skip", "--explainable"],
    other: ["--limit", "60"],
  },
  {
    name: "train mlp",
    args: (o) => ["train", "in.csv", "-o", o, "--bad-rows", "skip", "--head", "mlp", "--epochs", "3"],
    other: ["--limit", "60"],
  },
  {
    name: "train multi-label",
    args: (o) => ["train", "in.csv", "-o", o, "--bad-rows", "skip", "--multi-label", "|"],
    other: ["--limit", "60"],
  },
  {
    name: "train ner",
    args: (o) => ["train", "in.conll", "-o", o, "--task", "ner", "--epochs", "2", "--ensemble", "1"],
    other: ["--limit", "30"],
  },
  {
    name: "train --check",
    args: (o) => ["train", "in.csv", "-o", o, "--bad-rows", "skip", "--check"],
    other: ["--limit", "60"],
  },
  {
    name: "predict .csv",
    args: (o) => ["predict", "head", "--input", "in.csv", "-o", `${o}.csv`, "--bad-rows", "skip"],
    other: ["--limit", "40"],
  },
  {
    name: "predict .jsonl",
    args: (o) => ["predict", "head", "--input", "in.csv", "-o", `${o}.jsonl`, "--bad-rows", "skip"],
    other: ["--limit", "40"],
  },
  {
    name: "predict ner",
    args: (o) => [
      "predict",
      "ner-head",
      "--input",
      "in.csv",
      "-o",
      `${o}.jsonl`,
      "--html",
      `${o}.html`,
      "--bad-rows",
      "skip",
    ],
    other: ["--limit", "40"],
  },
  {
    name: "evaluate",
    args: (o) => ["evaluate", "head", "in.csv", "--errors", `${o}.csv`, "--report", `${o}.html`, "--bad-rows", "skip"],
    other: ["--limit", "60"],
  },
  {
    name: "transfer",
    args: (o) => ["transfer", "--source", "in.csv", "--target", "in.csv", "-o", o, "--bad-rows", "skip"],
    other: ["--limit", "60"],
  },
  {
    name: "transfer ner",
    args: (o) => [
      "transfer",
      "--source",
      "in.conll",
      "--target",
      "in.conll",
      "-o",
      o,
      "--task",
      "ner",
      "--epochs",
      "1",
    ],
    other: ["--limit", "30"],
  },
  { name: "distill", args: (o) => ["distill", "tiny", "-o", o], other: ["--dims", "8"] },
];

/** Fills a folder with what the commands read. @param {import("./play.mjs").World} world */
export async function prepare(world) {
  const rows = Array.from({ length: 120 }, (_, i) => {
    const own = WORDS[i % 2];
    return `${i},${own[i % 5]} ${own[(i * 3 + 1) % 5]} day ${i},${["good", "bad"][i % 2]}\n`;
  });
  rows.splice(50, 0, "a row of one cell\n");
  await writeFile(join(world.folder, "in.csv"), `id,text,label\n${rows.join("")}`);
  const sentences = Array.from(
    { length: 40 },
    (_, i) => `${WORDS[0][i % 5]} O\n${["Oslo", "Quito", "Nairobi"][i % 3]} B-LOC\n${WORDS[1][i % 5]} O\n\n`,
  );
  await writeFile(join(world.folder, "in.conll"), sentences.join(""));
  await cp(join(world.root, "test/fixtures/tiny-bert"), join(world.folder, "tiny"), { recursive: true });
  await mkdir(join(world.folder, "home"));
  await must(world, ["train", "in.csv", "-o", "head", "--bad-rows", "skip", "--quiet", "--explainable"]);
  await must(world, ["train", "in.csv", "-o", "multi-head", "--bad-rows", "skip", "--quiet", "--multi-label", "|"]);
  await must(world, [
    "train",
    "in.conll",
    "-o",
    "ner-head",
    "--task",
    "ner",
    "--epochs",
    "2",
    "--ensemble",
    "1",
    "--quiet",
  ]);
}
