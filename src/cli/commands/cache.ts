import { Argument, InvalidArgumentError } from "commander";
import { HeadstartError } from "../../errors.js";
import { defaultCacheFolder } from "../../store/cache/vectorCache.js";
import { cleanCache, listCache, type CachedEncoder, type Cleaned } from "../../store/cache/maintenance.js";
import { defaultModelFolder } from "../../store/cache/modelCache.js";
import { isNamed, listModels, removeModels, type ListedModel } from "../../store/cache/modelMaintenance.js";
import { escapeControls, padRight } from "../../report/text/width.js";
import { cacheAsked, cacheLimit, type AddCommand, type Context } from "../context.js";
import { withCommonFlags } from "../flags/commonFlags.js";
import { flag, withExamples } from "../flags/flag.js";
import { defined, type CacheFlags, type GlobalFlags } from "../flags/options.js";
import { sizeText } from "../flags/bytes.js";

interface CacheCommandFlags extends GlobalFlags, CacheFlags {
  /** Days. */
  readonly olderThan?: number | undefined;
  readonly all?: boolean | undefined;
}

const EXAMPLES = [
  "cache",
  "cache clean headstart-mini",
  "cache clean --older-than 30d",
  "cache clean --cache-max 2GB",
  "cache --cache ./vectors --json",
];

const NOTE =
  "Encoders rewritten by --precision int8 are kept too, in the system's place for caches. They are listed and cleaned " +
  "with the vectors, but not by --cache-max, and with --cache <folder> only that folder is looked at.";

const DAY_MS = 24 * 60 * 60 * 1000;

export const addCache: AddCommand = (program, context) => {
  const command = program
    .command("cache")
    .description("list the vectors and int8 models that are kept, or remove some")
    .addArgument(new Argument("[what]", "what to do").choices(["list", "clean"]).default("list"))
    .argument("[encoder...]", "clean: only what is of these encoders, by name or fingerprint")
    .addOption(flag("input", "--older-than <days>", "clean: only what was written before, such as 30d").argParser(days))
    .addOption(flag("input", "--all", "clean: everything"));
  withCommonFlags(command);
  withExamples(command, EXAMPLES, NOTE).action((what: string, encoders: string[], flags: CacheCommandFlags) =>
    what === "clean" ? clean(context(), encoders, flags) : list(context(), encoders, flags),
  );
};

function days(value: string): number {
  const match = /^(\d+(?:\.\d+)?)d?$/.exec(value.trim());
  if (match === null) throw new InvalidArgumentError("Give a number of days, such as 30d.");
  return Number(match[1]);
}

interface Folders {
  readonly vectors: string;
  /** Undefined where a folder of vectors was named, which is then all that counts. */
  readonly models: string | undefined;
}

function foldersOf(context: Context, flags: CacheFlags): Folders {
  const asked = cacheAsked(context, flags);
  const vectors = asked === undefined || asked === true ? defaultCacheFolder(context.env) : asked;
  return { vectors, models: typeof flags.cache === "string" ? undefined : defaultModelFolder(context.env) };
}

interface ListedCache {
  readonly encoders: readonly CachedEncoder[];
  readonly models: readonly ListedModel[];
}

async function lookInto({ vectors, models }: Folders): Promise<ListedCache> {
  return { encoders: await listCache(vectors), models: models === undefined ? [] : await listModels(models) };
}

const sizeOf = (all: readonly { readonly bytes: number }[]): number => all.reduce((sum, { bytes }) => sum + bytes, 0);

async function list(context: Context, names: readonly string[], flags: CacheCommandFlags): Promise<void> {
  if (names.length > 0) throw new HeadstartError("E_USAGE", "headstart cache lists everything. Leave the names out");
  const folders = foldersOf(context, flags);
  const { encoders, models } = await lookInto(folders);
  const bytes = sizeOf(encoders);
  const maxBytes = cacheLimit(context, flags);
  if (flags.json) {
    const kept = folders.models && { folder: folders.models, bytes: sizeOf(models), kept: models };
    const found = { folder: folders.vectors, bytes, ...defined({ maxBytes }), encoders, ...defined({ models: kept }) };
    return context.printJson(found);
  }
  const most = maxBytes === undefined ? "" : ` of at most ${sizeText(maxBytes)}`;
  const lines = [...encoders.map(vectorsLine), `${folders.vectors}: ${sizeText(bytes)}${most}`];
  if (models.length > 0) lines.push(...models.map(modelLine), `${folders.models}: ${sizeText(sizeOf(models))}`);
  await context.print(lines);
}

function vectorsLine({ encoder, fingerprint, entries, bytes, lastUsed, damaged }: CachedEncoder): string {
  const bad = damaged === 0 ? "" : `  ${damaged} damaged`;
  const what = `${entries.toLocaleString("en").padStart(12)} vectors`;
  return `${line({ encoder, id: fingerprint, what, bytes })}  used ${lastUsed.slice(0, 10)}${bad}`;
}

function modelLine({ encoder, key, bytes, made }: ListedModel): string {
  return `${line({ encoder, id: key, what: "int8 model".padStart(20), bytes })}  made ${made.slice(0, 10)}`;
}

interface Line {
  readonly encoder: string | undefined;
  readonly id: string;
  readonly what: string;
  readonly bytes: number;
}

const line = ({ encoder, id, what, bytes }: Line): string =>
  `${padRight(escapeControls(encoder ?? "unknown"), 32)} ${id.slice(0, 12)} ${what} ${sizeText(bytes).padStart(9)}`;

async function clean(context: Context, encoders: readonly string[], flags: CacheCommandFlags): Promise<void> {
  const { olderThan, cacheMax: maxBytes, all } = flags;
  if (encoders.length === 0 && olderThan === undefined && maxBytes === undefined && all !== true) {
    throw new HeadstartError(
      "E_USAGE",
      "headstart cache clean needs to know what may go. Name encoders, or give --older-than, --cache-max or --all",
    );
  }
  const folders = foldersOf(context, flags);
  refuseUnknown(folders.vectors, encoders, await lookInto(folders));
  const before = olderThan === undefined ? undefined : Date.parse(context.now()) - olderThan * DAY_MS;
  const names = encoders.length === 0 ? undefined : encoders;
  const vectors = await cleanCache(folders.vectors, defined({ encoders: names, before, maxBytes }));
  // The limit is one on vectors.
  const models: Cleaned =
    folders.models === undefined || maxBytes !== undefined
      ? { files: 0, bytes: 0 }
      : await removeModels(folders.models, defined({ encoders: names, before }));
  const cleaned = { files: vectors.files + models.files, bytes: vectors.bytes + models.bytes };
  const found = await lookInto(folders);
  const left = sizeOf(found.encoders) + sizeOf(found.models);
  if (flags.json) return context.printJson({ folder: folders.vectors, ...cleaned, left });
  const files = cleaned.files === 1 ? "1 file" : `${cleaned.files} files`;
  const places = folders.models === undefined ? folders.vectors : `${folders.vectors} and ${folders.models}`;
  await context.print([`${places}: ${files} removed, ${sizeText(cleaned.bytes)}; ${sizeText(left)} left`]);
}

/** A name with a slip in it must not look as if there had been nothing to remove. */
function refuseUnknown(folder: string, wanted: readonly string[], { encoders, models }: ListedCache): void {
  for (const name of wanted) {
    if (encoders.some((one) => one.encoder === name || (name.length >= 8 && one.fingerprint.startsWith(name))))
      continue;
    if (models.some((model) => isNamed(model, name))) continue;
    const all = [
      ...encoders.map(({ encoder, fingerprint }) => encoder ?? fingerprint.slice(0, 12)),
      ...models.map(({ encoder, key }) => encoder ?? key.slice(0, 12)),
    ];
    throw new HeadstartError(
      "E_USAGE",
      `Cannot clean "${name}" out of ${folder}: it has vectors of ${[...new Set(all)].join(", ") || "no encoder"}. Name one of these`,
    );
  }
}
