// @ts-check
/**
 * Makes the head that ships, data/heads/sentiment: node scripts/heads/sentiment.mjs
 *
 * Needs the corpora (HEADSTART_CORPORA or data/public). The head holds weights and hashes of words, no text.
 *
 * With --resave it trains nothing and needs no corpora: the head that is there is read and written again, as this version
 * writes heads; its numbers, labels and record stay.
 */

import { appendFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, ROOT, runStep } from "../setup.mjs";

const CARD = `
## Data

Trained on the English tweets of SemEval-2017 task 4 A's training data (2013 to 2016), with every text of TweetEval's
validation and test splits removed; C was chosen on TweetEval's validation split. Those corpora are for
research use under Twitter's terms; none of their text is in this folder. \`scripts/heads/sentiment.mjs\` makes the head
again.
`;

const ROWS = ["tweets/semeval-2013-2016.train.csv", "--dev", "tweets/tweeteval-sentiment.val.csv"];
const OUTPUT = join(ROOT, "data/heads/sentiment");

ensureInstalled();
ensureBuilt();
if (process.argv.includes("--resave")) await resave();
else {
  rmSync(OUTPUT, { recursive: true, force: true });
  train();
}
appendFileSync(join(OUTPUT, "README.md"), CARD);
rmSync(join(OUTPUT, ".headstart"), { force: true }); // the mark of a folder that may be replaced

async function resave() {
  const { loadHead, saveHead } = await import("../../dist/api/heads.js");
  const head = await loadHead(OUTPUT);
  // Its card was added to, so that saveHead would not replace the folder.
  rmSync(OUTPUT, { recursive: true });
  await saveHead(OUTPUT, head);
}

/** Keeps no training text, since the tweets may not be passed on. */
function train() {
  const corpora = process.env.HEADSTART_CORPORA || join(ROOT, "data/public");
  if (!existsSync(join(corpora, ROWS[0]))) {
    console.error(`Cannot find ${ROWS[0]} in ${corpora}: set HEADSTART_CORPORA, or npm run fetch-corpora`);
    process.exit(2);
  }
  const status = runStep(
    process.execPath,
    [
      join(ROOT, "dist/cli/main.js"),
      "train",
      ...ROWS,
      "--task",
      "sentiment",
      "--force",
      "-o",
      OUTPUT,
      "--cache",
      join(ROOT, "out/cache"),
    ],
    // The record names the files as they lie in the corpora, not where this machine keeps them.
    corpora,
  );
  if (status !== 0) process.exit(status);
  rmSync(join(OUTPUT, "training.html")); // a page for whoever trains it
}
