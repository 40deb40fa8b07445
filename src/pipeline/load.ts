import { checkOptions } from "./checkOptions.js";
import { loadEncoder } from "../encoder/load.js";
import { HeadstartError } from "../errors.js";
import { loadNeighborIndex } from "../head/file/folder.js";
import { readingOf } from "../head/file/reading.js";
import type { NeighborIndex } from "../head/neighbors.js";
import { surfaceHash } from "../tagging/file/folder.js";
import { classifierPipeline } from "./classifier.js";
import { openCacheFolder, type EncodingParts } from "./encoding.js";
import { multiLabelPipeline } from "./multiLabel.js";
import { openHeadEncoder } from "./openEncoder.js";
import type { ClassifierPipeline, MultiLabelPipeline, Pipeline, TaggerPipeline } from "./pipeline.js";
import { readHead, type AnyHead } from "./readHead.js";
import { taggerPipeline } from "./tagger.js";

export interface PipelineOptions {
  /** The kind that the head is to be of; another one is refused. @default any */
  readonly kind?: Pipeline["kind"] | undefined;
  /** Where the encoder lies that the head was trained with: a folder or hub id. @default the name that the head has of it */
  readonly encoder?: string | undefined;
  /** Folder of a vector cache. @default no cache */
  readonly cache?: string | undefined;
  /** Use what is on this machine only. @default false */
  readonly offline?: boolean | undefined;
  /** Threads of encoder and head. @default as many as the machine has cores */
  readonly threads?: number | undefined;
  /** Tokens of a batch, padding included; changes speed and memory, never the predictions. @default 384 a thread */
  readonly batchTokens?: number | undefined;
  /** Aborts downloads. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loads a head with the encoder that it needs: a folder that `train` wrote, or a head that ships, by its name.
 *
 * `kind` of the pipeline tells what it predicts: one label a text (`classifier`), any number (`multi-label`) or entities
 * (`tagger`). Close it to end the encoder's threads; a process that forgets to can end all the same.
 *
 * @throws HeadstartError E_HEAD_MISSING, E_HEAD_INVALID, E_CHECKSUM; E_HEAD_MISMATCH for another kind than was asked for,
 *   or an encoder that is not the head's own; and whatever loading the encoder throws
 * @example
 * const sentiment = await loadPipeline("sentiment");
 * const [prediction] = await sentiment.predict(["I loved it"]);
 * console.log(prediction?.label); // positive
 * await sentiment.close();
 */
export async function loadPipeline(name: "sentiment", options?: PipelineOptions): Promise<ClassifierPipeline>;
export async function loadPipeline(
  name: string,
  options: PipelineOptions & { readonly kind: "classifier" },
): Promise<ClassifierPipeline>;
export async function loadPipeline(
  name: string,
  options: PipelineOptions & { readonly kind: "multi-label" },
): Promise<MultiLabelPipeline>;
export async function loadPipeline(
  name: string,
  options: PipelineOptions & { readonly kind: "tagger" },
): Promise<TaggerPipeline>;
export async function loadPipeline(name: string, options?: PipelineOptions): Promise<Pipeline>;
export async function loadPipeline(name: string, options: PipelineOptions = {}): Promise<Pipeline> {
  if (typeof name !== "string" || name === "") {
    throw new HeadstartError("E_USAGE", 'Name the head to load: a folder that was trained, or "sentiment"');
  }
  checkOptions("loadPipeline", options);
  const head = await readHead(name);
  requireKind(head, name, options.kind);
  const { threads, batchTokens, cache } = options;
  const { offline, signal } = options;
  const encoder = await openHeadEncoder(head, {
    name: options.encoder,
    open: (own, settings) => loadEncoder(own, { ...settings, offline, signal, threads }),
  });
  return createPipeline(head, {
    name,
    encoder,
    openCache: cache === undefined ? undefined : (owner) => openCacheFolder(cache, owner),
    embedding: { batchTokens },
    threads,
  });
}

/** A head of any kind as a pipeline, with an encoder and a cache that are opened when they are first needed. */
export function createPipeline(head: AnyHead, parts: EncodingParts & { readonly name: string }): Pipeline {
  const { name } = parts;
  const reading = readingOf(head.file.reading);
  switch (head.kind) {
    case "classifier": {
      const loadNeighbors = (): Promise<NeighborIndex | undefined> => loadNeighborIndex(head);
      return classifierPipeline({ ...head, name, loadNeighbors, reading }, parts);
    }
    case "multi-label":
      return multiLabelPipeline({ ...head, name, separator: head.file.separator, reading }, parts);
    case "tagger": {
      const { tagger, surfaces, textHashes } = head;
      const isSeen = (surface: string): boolean => surfaces.has(surfaceHash(surface));
      return taggerPipeline({ name, tagger, isSeen, textHashes, reading }, parts);
    }
  }
}

function requireKind({ kind }: AnyHead, name: string, wanted: Pipeline["kind"] | undefined): void {
  if (wanted === undefined || wanted === kind) return;
  throw new HeadstartError(
    "E_HEAD_MISMATCH",
    `The head ${name} is of kind "${kind}", not "${wanted}". Leave kind out, or load another head`,
  );
}
