import { realpath } from "node:fs/promises";
import { hasEnding } from "../../corpus/format.js";
import { loadEncoder } from "../../encoder/load.js";
import { HeadstartError } from "../../errors.js";
import { checkOptions } from "../checkOptions.js";
import { openCacheFolder } from "../encoding.js";
import { openHeadEncoder } from "../openEncoder.js";
import type { PipelineEvaluateOptions } from "../pipeline.js";
import type { PipelineOptions } from "../load.js";
import { readHead, type AnyHead } from "../readHead.js";
import type { Rows, TaggedRows } from "../rows.js";
import { compareClassifiers, type ClassifierComparison } from "./classifiers.js";
import type { ComparingParts, Named } from "./comparing.js";
import { compareTaggers, type TaggerComparison } from "./taggers.js";

/** How two heads compare; `kind` tells what they are. Plain JSON. */
export type HeadComparison = ClassifierComparison | TaggerComparison;

export interface CompareOptions extends PipelineEvaluateOptions, Omit<PipelineOptions, "kind" | "signal"> {}

/** Two heads, read from their folders. */
export type HeadPair = readonly [first: Named<AnyHead>, second: Named<AnyHead>];

/**
 * Compares two heads on the same rows: which is better, by how much, and where they differ. The heads may use different
 * encoders and have different labels; each text is embedded once for every encoder. Rows with texts that one of the heads
 * was trained on are left out where enough others are there.
 *
 * @param rows  labeled rows, or tagged sentences for two taggers
 * @throws HeadstartError E_USAGE for the same head twice, E_HEAD_MISMATCH for heads of different kinds or with several
 *   labels a text, E_LABEL_MAP where a head knows none of the labels, and whatever loading and reading throw
 * @example
 * const model = await train("reviews.csv");
 * await model.save("new-head", { force: true });
 * await model.close();
 * const { difference, interval95, call, because } = await compareHeads("sentiment", "new-head", "reviews.csv");
 * console.log(call, difference, interval95, because);
 */
export async function compareHeads(
  first: string,
  second: string,
  rows: Rows | TaggedRows,
  options: CompareOptions = {},
): Promise<HeadComparison> {
  checkOptions("compareHeads()", options);
  const { encoder, cache, offline, threads, batchTokens, ...how } = options;
  const heads = await readPair(first, second);
  return compareLoaded(heads, rows, {
    ...how,
    parts: {
      openEncoder: (head) =>
        openHeadEncoder(head, {
          name: encoder,
          open: (own, settings) => loadEncoder(own, { ...settings, offline, signal: options.signal, threads }),
        }),
      openCache: cache === undefined ? undefined : (owner) => openCacheFolder(cache, owner),
      embedding: { batchTokens },
      threads,
    },
  });
}

/**
 * Reads two heads that can be compared.
 *
 * @throws HeadstartError as compareHeads()
 */
export async function readPair(first: string, second: string): Promise<HeadPair> {
  for (const name of [first, second]) {
    if (typeof name === "string" && name !== "" && !hasEnding(name)) continue;
    throw new HeadstartError(
      "E_USAGE",
      `Cannot compare heads: ${JSON.stringify(name)} is not a head. Name two heads first, and then the rows`,
    );
  }
  if (first === second || (await pathOf(first)) === (await pathOf(second))) {
    throw new HeadstartError(
      "E_USAGE",
      `Cannot compare a head with itself: ${first} and ${second} are the same. Name two heads`,
    );
  }
  const heads = [await readHead(first), await readHead(second)] as const;
  const [a, b] = heads.map(({ kind }) => kind);
  if (a !== b) {
    throw new HeadstartError(
      "E_HEAD_MISMATCH",
      `Cannot compare heads of different kinds: ${first} is a ${a}, ${second} a ${b}. Name two of one kind`,
    );
  }
  if (a === "multi-label") {
    throw new HeadstartError(
      "E_HEAD_MISMATCH",
      `Cannot compare ${first} and ${second}: heads with several labels a text are not compared row by row. ` +
        "Evaluate each of them",
    );
  }
  return [
    { name: first, head: heads[0] },
    { name: second, head: heads[1] },
  ];
}

/** Where a head lies; its name for one that ships. */
const pathOf = (name: string): Promise<string> => realpath(name).catch(() => name);

/** Compares two heads that were read before. @param options  `parts`: how encoders are opened */
export async function compareLoaded(
  [first, second]: HeadPair,
  rows: Rows | TaggedRows,
  options: PipelineEvaluateOptions & { readonly parts: ComparingParts },
): Promise<HeadComparison> {
  const [a, b] = [first.head, second.head];
  if (a.kind === "tagger" && b.kind === "tagger") {
    const pair = [
      { ...first, head: a },
      { ...second, head: b },
    ] as const;
    return compareTaggers(pair, rows as TaggedRows, options);
  }
  if (a.kind === "classifier" && b.kind === "classifier") {
    const pair = [
      { ...first, head: a },
      { ...second, head: b },
    ] as const;
    return compareClassifiers(pair, rows as Rows, options);
  }
  throw new HeadstartError(
    "E_HEAD_MISMATCH",
    `Cannot compare a ${a.kind} with a ${b.kind}. Name two heads of one kind`,
  );
}
