import { HeadstartError } from "../../errors.js";
import { checkOptions } from "../checkOptions.js";
import type { EncoderOptions } from "../../encoder/encoder.js";
import type { RowsOptions, Rows } from "../rows.js";

/** What holds for the training of every kind of head. */
export interface TrainModelOptions<R = Rows> extends RowsOptions {
  /** Rows to choose on and to measure with. @default a seeded tenth of the rows, equal texts on one side */
  readonly dev?: R | undefined;
  /** Name, folder, hub id or file of word vectors. @default the built-in encoder */
  readonly encoder?: string | undefined;
  /** How the encoder is used: pooling, layer, most tokens and so on. @default what its own files say */
  readonly encoderOptions?: Omit<EncoderOptions, "offline" | "threads" | "signal" | "layers"> | undefined;
  /** Use what is on this machine only. @default false */
  readonly offline?: boolean | undefined;
  /** Folder of a vector cache. @default no cache */
  readonly cache?: string | undefined;
  /** Source of all randomness. @default 1 */
  readonly seed?: number | undefined;
  /** Threads of the encoder and of training. @default as many as the machine has cores */
  readonly threads?: number | undefined;
  /** Aborts between batches and between steps. */
  readonly signal?: AbortSignal | undefined;
  /** Called as texts get their vectors, which is most of the time of a training. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}

export interface SaveOptions {
  /** Replace a folder that headstart wrote. @default false */
  readonly force?: boolean | undefined;
  /** When the head was made, ISO 8601, UTC. @default now */
  readonly createdAt?: string | undefined;
}

export const createdAtOf = ({ createdAt }: SaveOptions): string => createdAt ?? new Date().toISOString();

/** @throws HeadstartError E_USAGE for what is no folder's name, and for wrong options */
export function checkSaving(folder: string, options: SaveOptions): void {
  if (typeof folder !== "string" || folder === "")
    throw new HeadstartError("E_USAGE", "Name the folder to save the head in");
  checkOptions("save()", options);
}
