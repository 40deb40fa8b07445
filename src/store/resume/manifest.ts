import { readFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { HeadstartError } from "../../errors.js";
import { errnoOf } from "../../files/writeError.js";

/*
 * A manifest is a text file that only grows, one record a line, each brought to the disk before the next is begun:
 *
 *   <crc32 of the JSON, 8 hexadecimal digits> <JSON>
 *
 * The first record says what the run depends on, the last that all rows are in, or that the input was wrong; between
 * them is one for each shard.
 */

/** What the vectors of a run depend on: a name that the user knows for each thing, and its value. */
export type RunFields = Readonly<Record<string, string>>;

/** One shard as the manifest has it. */
export interface ShardRecord {
  /** 0-based; shards are consecutive rows. */
  readonly shard: number;
  readonly rows: number;
  /** sha256 of the texts. */
  readonly texts: string;
  /** sha256 of the file of vectors. */
  readonly sha256: string;
  readonly tokens: number;
  readonly truncated: number;
  readonly empty: number;
  readonly unknown: number;
}

export type ManifestRecord =
  | { readonly kind: "run"; readonly format: 1; readonly fields: RunFields }
  | ({ readonly kind: "shard" } & ShardRecord)
  | { readonly kind: "end"; readonly rows: number }
  | { readonly kind: "wrong input" };

export interface Manifest {
  readonly fields: RunFields;
  /** The last record of each shard, by its number; the run that goes on adds its own. */
  readonly shards: Map<number, ShardRecord>;
  /** Whether all rows are in shards. */
  readonly ended: boolean;
  /** Whether the run ended as its input was wrong, and so the next one may have another. */
  readonly wrongInput: boolean;
}

interface ReadManifestOptions {
  /** Leaves out damaged records of shards. @default false */
  readonly repair?: boolean | undefined;
}

export function encodeManifestRecord(record: ManifestRecord): Buffer {
  const json = JSON.stringify(record);
  return Buffer.from(`${crcText(json)} ${json}\n`);
}

/**
 * Reads a manifest; undefined where there is none, or none of a whole line. A last line without its end is what a crash
 * leaves, and is no damage.
 *
 * @throws HeadstartError E_CHECKSUM naming the line that is damaged
 */
export async function readManifest(path: string, options: ReadManifestOptions = {}): Promise<Manifest | undefined> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
  const lines = content.toString("utf8").split("\n").slice(0, -1);
  const records: ManifestRecord[] = [];
  for (const [i, line] of lines.entries()) {
    const record = decodeRecord(line);
    if (record !== undefined) records.push(record);
    else if (i === 0 || options.repair !== true) throw damaged(path, i + 1, line);
  }
  const [first] = records;
  if (first === undefined) return undefined;
  if (first.kind !== "run") throw damaged(path, 1, lines[0]);
  const shards = new Map<number, ShardRecord>();
  for (const record of records) if (record.kind === "shard") shards.set(record.shard, record);
  const ended = records.some(({ kind }) => kind === "end");
  const wrongInput = records.some(({ kind }) => kind === "wrong input");
  return { fields: first.fields, shards, ended, wrongInput };
}

/** A manifest that `readManifest` reads as the same, for a run that begins. */
export function encodeManifest({ fields, shards, ended }: Manifest): Buffer {
  let rows = 0;
  for (const shard of shards.values()) rows += shard.rows;
  const records: ManifestRecord[] = [
    { kind: "run", format: 1, fields },
    ...[...shards.values()].map((shard) => ({ kind: "shard", ...shard }) as const),
    ...(ended ? [{ kind: "end", rows } as const] : []),
  ];
  return Buffer.concat(records.map(encodeManifestRecord));
}

function decodeRecord(line: string): ManifestRecord | undefined {
  return line.slice(0, 8) === crcText(line.slice(9)) ? (JSON.parse(line.slice(9)) as ManifestRecord) : undefined;
}

const crcText = (json: string): string => crc32(Buffer.from(json)).toString(16).padStart(8, "0");

function damaged(path: string, line: number, found: string): HeadstartError {
  const advice = line === 1 ? "Start anew with --force" : "Redo what it was about with --repair";
  const message =
    `Cannot go on from ${path}: line ${line} is damaged, its checksum is ${crcText(found.slice(9))} ` +
    `where "${found.slice(0, 8).replace(/[^0-9a-f]/g, "?")}" was written. ${advice}`;
  return new HeadstartError("E_CHECKSUM", message, { file: path, line });
}
