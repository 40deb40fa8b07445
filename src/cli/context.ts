import type { Command } from "commander";
import { openCorpus, type Corpus } from "../corpus/corpus.js";
import { parseLabelMap, unusedMapKeys, type LabelMap } from "../dataset/labelMap.js";
import { readLabeled, type LabeledCorpus, type LabeledOptions } from "../dataset/labeledCorpus.js";
import { readMaybeLabeled, type UnlabeledCorpus } from "../dataset/unlabeledCorpus.js";
import { vectorsOf, type CachedEmbedded } from "../embedding/cachedEmbed.js";
import type { Encoder, EncoderOptions } from "../encoder/encoder.js";
import { loadEncoder } from "../encoder/load.js";
import { BUILT_IN_ENCODER } from "../encoder/locate.js";
import { defaultCacheFolder, openVectorCache, type VectorCache } from "../store/cache/vectorCache.js";
import { ignoringFailure } from "../files/commit.js";
import { restoreFolder } from "../files/commitFolder.js";
import { defaultModelFolder, openModelStore } from "../store/cache/modelCache.js";
import type { StandardInput } from "../files/standardStreams.js";
import { excerpt, HeadstartError } from "../errors.js";
import {
  corpusOptions,
  embedOptions,
  encoderOptions,
  type CacheFlags,
  type CorpusFlags,
  type EncoderFlags,
  type GlobalFlags,
} from "./flags/options.js";
import type { CacheOwner } from "../pipeline/encoding.js";
import { count, counted } from "../text/numbers.js";
import type { RejectedRows } from "./rejectedRows.js";
import { parseSize, SIZE_ADVICE } from "./flags/bytes.js";
import type { Reporter } from "./progress.js";

/** What every command is given beside its own flags. */
export interface Context {
  readonly reporter: Reporter;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /**
   * Prints a result for people on stdout, a line each; control and bidi characters in one, its line breaks too, come out as
   * escapes. Resolves when the reader has taken it, as those below do.
   */
  readonly print: (lines: readonly string[]) => Promise<void>;
  /** Prints a result for programs on stdout: JSON in one line, as `jsonText` writes it. */
  readonly printJson: (value: object) => Promise<void>;
  /** Prints several, one a line. */
  readonly printJsonLines: (values: readonly object[]) => Promise<void>;
  /** Puts data on stdout as it is: vectors in a format of files. */
  readonly printData: (content: string | Uint8Array) => Promise<void>;
  readonly stdin: StandardInput;
  /** The whole command line behind the name of the program. */
  readonly args: readonly string[];
  /** Milliseconds since some fixed moment. */
  readonly clock: () => number;
  /** ISO 8601, UTC. */
  readonly now: () => string;
  readonly env: NodeJS.ProcessEnv;
}

/** A command of the program: how it is declared, and what it does. */
export type AddCommand = (program: Command, context: () => Context) => void;

/** Loads the encoder that the flags name and says what was decided. */
export async function openEncoder(
  { reporter, env, signal }: Context,
  flags: EncoderFlags & GlobalFlags,
  overrides: EncoderOptions & { readonly name?: string | undefined } = {},
): Promise<Encoder> {
  const { name = flags.encoder ?? BUILT_IN_ENCODER, ...more } = overrides;
  const meter = reporter.meter("downloading bytes");
  // A run that replaced it, as distill may, and was killed may have left it moved aside.
  await ignoringFailure(restoreFolder(name));
  const offline = flags.offline === true || /^(1|true|yes|on)$/i.test(env["HF_HUB_OFFLINE"] ?? "");
  const encoder = await loadEncoder(name, {
    ...encoderOptions(flags),
    ...more,
    ...(offline ? { offline } : {}),
    ...(flags.cache === false ? {} : { models: openModelStore(defaultModelFolder(env), { encoder: name }) }),
    signal,
    onDownload: ({ received, total }) => meter.update(received, total),
  });
  meter.end();
  const fixed = overrides.name !== undefined;
  reporter.info(
    `encoder ${encoder.name}: ${fixed ? "with the settings that the head was trained with" : encoder.decisions.join("; ")}`,
  );
  if (encoder.dependsOnBatch) {
    const why =
      encoder.pooling === "model"
        ? "this model pools by itself, so the last digits of a text's vector would change with its neighbors: "
        : "this model quantizes whole batches at once, so a text's vector would change with its neighbors: ";
    reporter.warn(
      why +
        (flags.allowBatchDependence === true
          ? "allowed by --allow-batch-dependence"
          : "texts go through one at a time (--allow-batch-dependence for speed)"),
    );
  }
  return encoder;
}

/** Lends the cache that is asked for, if any, to `work`; what the work puts there is kept even when it fails later. */
export async function withCache<T>(
  context: Context,
  { flags, encoder }: { readonly flags: EncoderFlags; readonly encoder: CacheOwner },
  work: (cache: VectorCache | undefined) => Promise<T>,
): Promise<T> {
  const cache = await openCache(context, flags, encoder);
  try {
    return await work(cache);
  } finally {
    await cache?.close();
  }
}

/** The folder of the cache that the flags or HEADSTART_CACHE ask for; true for the default one, undefined for none. */
export function cacheAsked({ env }: Context, { cache }: CacheFlags): string | true | undefined {
  const asked = cache === undefined || cache === true ? env["HEADSTART_CACHE"] || cache : cache;
  return asked === false || asked === "" ? undefined : asked;
}

/** Bytes that the cache may take, by the flag or by HEADSTART_CACHE_MAX. @throws HeadstartError E_USAGE */
export function cacheLimit({ env }: Context, { cacheMax }: CacheFlags): number | undefined {
  const limit = env["HEADSTART_CACHE_MAX"];
  if (cacheMax !== undefined || limit === undefined || limit === "") return cacheMax;
  const bytes = parseSize(limit);
  if (bytes !== undefined) return bytes;
  throw new HeadstartError("E_USAGE", `Cannot read HEADSTART_CACHE_MAX=${excerpt(limit)} as a size. ${SIZE_ADVICE}`);
}

/** The cache that is asked for; undefined where none is, or vectors would depend on their neighbors. */
export async function openCache(
  context: Context,
  flags: EncoderFlags,
  encoder: CacheOwner,
): Promise<VectorCache | undefined> {
  const asked = cacheAsked(context, flags);
  const maxBytes = cacheLimit(context, flags);
  if (asked === undefined) return undefined;
  // Vectors that depended on their neighbors must not be taken for the text's own.
  const fingerprint = flags.allowBatchDependence === true && encoder.dependsOnBatch ? undefined : encoder.fingerprint;
  if (fingerprint === undefined) return undefined;
  return openVectorCache(asked === true ? defaultCacheFolder(context.env) : asked, {
    fingerprint,
    width: encoder.width,
    encoder: encoder.name,
    maxBytes,
  });
}

/** Embeds texts with a progress meter. */
export async function embedWithProgress(
  { reporter, signal }: Context,
  texts: readonly string[],
  {
    encoder,
    cache,
    flags,
    what,
  }: { encoder: Encoder; cache: VectorCache | undefined; flags: EncoderFlags; what: string },
): Promise<CachedEmbedded> {
  const meter = reporter.meter(`embedding ${what}`, texts.length);
  const result = await vectorsOf(encoder, texts, {
    ...embedOptions(flags),
    cache,
    signal,
    onProgress: ({ done }) => meter.update(done),
  });
  meter.end();
  if (cache !== undefined)
    reporter.info(
      `${what}: ${result.cached} of ${result.texts} from the cache, ${counted(result.tokens, "token")} through the encoder`,
    );
  return result;
}

interface LabeledReading {
  readonly flags: CorpusFlags;
  readonly map?: LabelMap | undefined;
  readonly rejectedRows?: RejectedRows | undefined;
}

/** Reads a labeled corpus and says what was read. */
export const readLabeledCorpus = (
  context: Context,
  files: readonly string[],
  how: LabeledReading,
): Promise<LabeledCorpus> => saidRead(context, readLabeled(files, labeledOptions(context, how)));

/** Reads a corpus that may have no labels and says what was read. */
export const readMaybeLabeledCorpus = (
  context: Context,
  files: readonly string[],
  how: LabeledReading,
): Promise<LabeledCorpus | UnlabeledCorpus> => saidRead(context, readMaybeLabeled(files, labeledOptions(context, how)));

const labeledOptions = ({ stdin }: Context, { flags, map, rejectedRows }: LabeledReading): LabeledOptions => ({
  ...corpusOptions(flags),
  labelColumn: flags.labelColumn,
  map,
  onReject: rejectedRows?.add,
  stdin,
});

async function saidRead<C extends Omit<LabeledCorpus, "labels">>(
  { reporter }: Context,
  reading: Promise<C>,
): Promise<C> {
  const corpus = await reading;
  const { files } = corpus;
  const { read, rejected } = corpus.counts;
  const dropped = corpus.dropped > 0 ? `, ${corpus.dropped} dropped by the map` : "";
  reporter.info(
    `${files.join(", ")}: ${counted(read, "row")} read, ${count(corpus.texts.length)} used, ${count(rejected)} rejected${dropped}`,
  );
  for (const notice of corpus.notices) reporter.warn(notice);
  return corpus;
}

/** Opens a corpus whose labels do not matter. */
export async function openTexts(
  { stdin }: Context,
  files: readonly string[],
  flags: CorpusFlags,
  rejectedRows: RejectedRows,
): Promise<Corpus> {
  return openCorpus(files, { ...corpusOptions(flags), stdin, onReject: rejectedRows.add });
}

/** The map of a flag; an empty one where it is turned off. */
export const labelMapOf = (text: string | false | undefined): LabelMap | undefined =>
  text === false ? new Map() : text === undefined ? undefined : parseLabelMap(text);

/** Warns of labels that a map names and nothing has. */
export function warnOfUnused(
  { reporter }: Context,
  map: LabelMap | undefined,
  seen: readonly Iterable<string>[],
): void {
  for (const warning of unusedMapKeys(map, new Set(seen.flatMap((labels) => [...labels])))) reporter.warn(warning);
}
