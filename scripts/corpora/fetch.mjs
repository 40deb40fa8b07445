// @ts-check
/** What `npm run fetch-corpora` does, with the list of corpora as an argument. */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { sha256 } from "../sha256.mjs";
import { commit, DownloadError, rawFile } from "./download.mjs";

/** @import { Corpus } from "./sources.mjs" */

const BASE_URL = "https://raw.githubusercontent.com";

/**
 * @typedef {object} FetchOptions
 * @property {string} baseUrl    address under which <repository>/<commit>/<path> lies
 * @property {string} outputDir  folder of the corpora; the published files are kept in its `raw`
 * @property {(line: string) => void} say   progress
 * @property {(line: string) => void} warn  what is not as expected
 */

/**
 * Runs the script.
 *
 * @param {readonly string[]} args  of the command line
 * @param {{
 *   readonly corpora: readonly Corpus[], readonly outputDir: string,
 *   readonly env?: Readonly<Record<string, string | undefined>>,
 *   readonly say?: (line: string) => void, readonly warn?: (line: string) => void
 * }} surroundings  `outputDir` is where files go without --output
 * @returns {Promise<number>} exit status: 0 done, 1 a file cannot be had or is not what is pinned, 2 usage
 */
export async function main(args, { corpora, outputDir, env = {}, say = console.log, warn = console.error }) {
  let asked;
  try {
    asked = askedFor(args, corpora);
  } catch (error) {
    warn(`${/** @type {Error} */ (error).message}. See --help`);
    return 2;
  }
  if (asked.help) {
    say(help(corpora, outputDir));
    return 0;
  }
  const baseUrl = asked.baseUrl ?? env.HEADSTART_CORPORA_BASE ?? BASE_URL;
  try {
    await fetchCorpora(asked.corpora, { baseUrl, outputDir: asked.output ?? outputDir, say, warn });
    return 0;
  } catch (error) {
    if (error instanceof DownloadError) warn(error.message);
    else if (error instanceof Error && "syscall" in error)
      warn(`Cannot write the corpora: ${error.message}. See --output`);
    else throw error;
    return 1;
  }
}

/**
 * Fetches, converts and writes corpora, one after the other.
 *
 * A published file that is in the cache already is not fetched again; a corpus is written once all its files are there.
 *
 * @param {readonly Corpus[]} corpora
 * @param {FetchOptions} options
 * @throws {DownloadError} at the first file that cannot be had
 */
export async function fetchCorpora(corpora, { baseUrl, outputDir, say, warn }) {
  const cacheDir = join(outputDir, "raw");
  for (const corpus of corpora) {
    say(`${corpus.name}: ${corpus.about}`);
    say(`  terms: ${corpus.terms}`);
    for (const output of corpus.outputs) {
      const files = [];
      for (const raw of output.from) files.push(await rawFile(raw, { baseUrl, cacheDir, say }));
      const content = output.convert(files);
      const path = join(outputDir, ...output.path.split("/"));
      await commit(path, content);
      say(`  wrote ${path}`);
      if (sha256(content) !== output.sha256) {
        warn(`  ${path} is not byte for byte the corpus that the published numbers were measured on`);
      }
    }
  }
}

/**
 * @param {readonly string[]} args
 * @param {readonly Corpus[]} corpora
 */
function askedFor(args, corpora) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      output: { type: "string" },
      "base-url": { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { help, output, only, "base-url": baseUrl } = values;
  return { help, output, baseUrl, corpora: only === undefined ? corpora : chosen(only, corpora) };
}

/**
 * @param {string} only  names or groups with commas between
 * @param {readonly Corpus[]} corpora
 */
function chosen(only, corpora) {
  const wanted = only.split(",").map((name) => name.trim());
  const known = new Set(corpora.flatMap(({ name, group }) => [group, name]));
  for (const name of wanted) {
    if (!known.has(name)) throw new Error(`Cannot fetch "${name}": there are ${[...known].join(", ")}`);
  }
  return corpora.filter(({ name, group }) => wanted.includes(name) || wanted.includes(group));
}

/**
 * @param {readonly Corpus[]} corpora
 * @param {string} outputDir
 */
function help(corpora, outputDir) {
  return `Fetches the public corpora that benchmarks and some tests use, and writes them as text,label CSV or CoNLL.

usage: npm run fetch-corpora -- [options]

  --only <names>    some of them, by group or name with commas between (default: all)
  --output <dir>    where they go (default: ${outputDir})
  --base-url <url>  a mirror that has <repository>/<commit>/<path> (or HEADSTART_CORPORA_BASE;
                    default: ${BASE_URL})
  --help            this text

${corpora.map(({ group, name, about, terms }) => `  ${`${group}/${name}`.padEnd(20)} ${about}\n${" ".repeat(23)}(${terms})`).join("\n")}

Published files are kept in <dir>/raw and checked by sha256, so a second run fetches only what is missing.
Examples:
  npm run fetch-corpora
  npm run fetch-corpora -- --only movies,sms-spam`;
}
