import { InvalidArgumentError, Option } from "commander";
import { HeadstartError } from "../errors.js";
import { defaultCacheFolder } from "../store/cache.js";
import { cleanCache, listCache, type CachedEncoder } from "../store/cacheUpkeep.js";
import { cacheAsked, cacheLimit, type AddCommand, type Context } from "./context.js";
import { defined, withCommonFlags, type CacheFlags, type GlobalFlags } from "./options.js";
import { sizeText } from "./sizes.js";

interface CacheCommandFlags extends GlobalFlags, CacheFlags {
  /** Days. */
  readonly olderThan?: number;
  readonly all?: boolean;
}

const EXAMPLES = `
Examples:
  headstart cache
  headstart cache --cache ./vectors --json
  headstart cache clean headstart-mini
  headstart cache clean --older-than 30d
  headstart cache clean --cache-max 2GB`;

const DAY_MS = 24 * 60 * 60 * 1000;

export const addCache: AddCommand = (program, context) => {
  const command = program
    .command("cache")
    .description("what vectors the cache keeps; `clean` removes some")
    .argument("[what]", "list or clean", choice, "list")
    .argument("[encoder...]", "clean: only vectors of these encoders, by name or by fingerprint")
    .addOption(new Option("--older-than <days>", "clean: only vectors written before, such as 30d").argParser(days))
    .addOption(new Option("--all", "clean: everything"));
  withCommonFlags(command, ["cache"])
    .addHelpText("after", EXAMPLES)
    .action((what: string, encoders: string[], flags: CacheCommandFlags) =>
      what === "clean" ? clean(context(), encoders, flags) : list(context(), encoders, flags),
    );
};

function choice(value: string): string {
  if (value === "list" || value === "clean") return value;
  throw new InvalidArgumentError("Allowed choices are list, clean.");
}

function days(value: string): number {
  const match = /^(\d+(?:\.\d+)?)d?$/.exec(value.trim());
  if (match === null) throw new InvalidArgumentError("Give a number of days, such as 30d.");
  return Number(match[1]);
}

function folderOf(context: Context, flags: CacheFlags): string {
  const asked = cacheAsked(context, flags);
  return asked === undefined || asked === true ? defaultCacheFolder(context.env) : asked;
}

async function list(context: Context, encoders: readonly string[], flags: CacheCommandFlags): Promise<void> {
  if (encoders.length > 0) throw new HeadstartError("E_USAGE", "headstart cache lists everything. Leave the names out");
  const folder = folderOf(context, flags);
  const found = await listCache(folder);
  const bytes = found.reduce((sum, one) => sum + one.bytes, 0);
  const limit = cacheLimit(context, flags);
  if (flags.json)
    return context.print(`${JSON.stringify({ folder, bytes, ...defined({ maxBytes: limit }), encoders: found })}\n`);
  const most = limit === undefined ? "" : ` of at most ${sizeText(limit)}`;
  await context.print(`${[...found.map(line), `${folder}: ${sizeText(bytes)}${most}`].join("\n")}\n`);
}

function line({ encoder, fingerprint, entries, bytes, lastUsed, damaged }: CachedEncoder): string {
  const bad = damaged === 0 ? "" : `  ${damaged} damaged`;
  const name = (encoder ?? "unknown").padEnd(32);
  return `${name} ${fingerprint.slice(0, 12)} ${entries.toLocaleString("en").padStart(12)} vectors ${sizeText(bytes).padStart(9)}  used ${lastUsed.slice(0, 10)}${bad}`;
}

async function clean(context: Context, encoders: readonly string[], flags: CacheCommandFlags): Promise<void> {
  const { olderThan, cacheMax: maxBytes, all } = flags;
  if (encoders.length === 0 && olderThan === undefined && maxBytes === undefined && all !== true) {
    throw new HeadstartError(
      "E_USAGE",
      "headstart cache clean needs to know what may go. Name encoders, or give --older-than, --cache-max or --all",
    );
  }
  const folder = folderOf(context, flags);
  await refuseUnknown(folder, encoders);
  const before = olderThan === undefined ? undefined : Date.parse(context.now()) - olderThan * DAY_MS;
  const names = encoders.length === 0 ? undefined : encoders;
  const cleaned = await cleanCache(folder, defined({ encoders: names, before, maxBytes }));
  const left = (await listCache(folder)).reduce((sum, { bytes }) => sum + bytes, 0);
  if (flags.json) return context.print(`${JSON.stringify({ folder, ...cleaned, left })}\n`);
  const files = cleaned.files === 1 ? "1 file" : `${cleaned.files} files`;
  await context.print(`${folder}: ${files} removed, ${sizeText(cleaned.bytes)}; ${sizeText(left)} left\n`);
}

/** A name with a slip in it must not look as if there had been nothing to remove. */
async function refuseUnknown(folder: string, encoders: readonly string[]): Promise<void> {
  const found = await listCache(folder);
  for (const wanted of encoders) {
    if (found.some((one) => one.encoder === wanted || (wanted.length >= 8 && one.fingerprint.startsWith(wanted))))
      continue;
    const names = [...new Set(found.map(({ encoder, fingerprint }) => encoder ?? fingerprint.slice(0, 12)))].join(", ");
    throw new HeadstartError(
      "E_USAGE",
      `Cannot clean "${wanted}" out of ${folder}: it has vectors of ${names || "no encoder"}. Name one of these`,
    );
  }
}
