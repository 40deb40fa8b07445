import { z } from "zod";
import { HeadstartError } from "../../errors.js";
import type { EncoderFolder } from "./folder.js";
import { MODULE_CONFIG, isSafePath, missingFile } from "./requiredFiles.js";
import type { Pooling } from "../../math/pooling.js";
import { readSettingsFile } from "./settingsFile.js";

/** What an encoder's own files say about the way from token vectors to one vector. */
export interface Modules {
  /** Undefined where they say nothing. */
  readonly pooling: PoolingModule | undefined;
  /** Undefined where they say nothing. */
  readonly normalize: boolean | undefined;
  /** Why the steps cannot be done here, where they cannot. */
  readonly refusal?: HeadstartError | undefined;
}

export interface PoolingModule {
  /** As the file names them; several are put side by side. */
  readonly modes: readonly string[];
  /** Whether tokens of the prompt count. */
  readonly includePrompt: boolean;
  /** File that says so, relative to the encoder's folder. */
  readonly file: string;
}

const ModulesFile = z.array(z.object({ path: z.string(), type: z.string() }));

const PoolingFile = z.object({
  pooling_mode: z.union([z.string(), z.array(z.string()).nonempty()]).nullish(),
  pooling_mode_cls_token: z.boolean().nullish(),
  pooling_mode_max_tokens: z.boolean().nullish(),
  pooling_mode_mean_tokens: z.boolean().nullish(),
  pooling_mode_mean_sqrt_len_tokens: z.boolean().nullish(),
  pooling_mode_weightedmean_tokens: z.boolean().nullish(),
  pooling_mode_lasttoken: z.boolean().nullish(),
  include_prompt: z.boolean().nullish(),
});

/** One switch each, as older versions of sentence-transformers write them. */
const SWITCHES = {
  cls: "pooling_mode_cls_token",
  max: "pooling_mode_max_tokens",
  mean: "pooling_mode_mean_tokens",
  mean_sqrt_len_tokens: "pooling_mode_mean_sqrt_len_tokens",
  weightedmean: "pooling_mode_weightedmean_tokens",
  lasttoken: "pooling_mode_lasttoken",
} as const;

/**
 * Reads modules.json and the pooling settings that it points to; without it, the folders `1_Pooling` and the like. Of
 * steps that are not done here (a Dense layer, code of its own) it gives the refusal: left out, the vectors would be
 * others.
 *
 * @throws HeadstartError E_ENCODER_MISSING, E_ENCODER_INVALID
 */
export async function readModules(folder: EncoderFolder): Promise<Modules> {
  const modules = await readSettingsFile(folder, "modules.json", ModulesFile);
  if (modules === undefined) return modulesByFolder(folder);
  const steps = modules.map(({ type, path }) => ({ type, kind: kindOf(type), path }));
  const normalize = steps.some(({ kind }) => kind === "Normalize");
  const strange = strangeStep(steps);
  if (strange !== undefined) return { pooling: undefined, normalize, refusal: unsupported(folder, strange) };
  const pooling = steps.find(({ kind }) => kind === "Pooling");
  return { pooling: pooling === undefined ? undefined : await readPooling(folder, pooling.path), normalize };
}

interface Step {
  readonly type: string;
  /** Undefined for a module that is not known here. */
  readonly kind: string | undefined;
  readonly path: string;
}

/** What of the steps is not done here, as a clause. */
function strangeStep(steps: readonly Step[]): string | undefined {
  const unknown = steps.find(({ kind }) => kind === undefined);
  if (unknown !== undefined) return `modules.json asks for the module ${unknown.type}`;
  const kinds = steps.map(({ kind }) => kind).join(" ");
  if (!/^Transformer( Pooling)?( Normalize)*$/.test(kinds)) return `modules.json asks for ${kinds || "nothing"}`;
  return steps[0].path === "" ? undefined : `modules.json puts its transformer into ${steps[0].path}`;
}

/** Class name of a module of sentence-transformers; its folders have moved between versions, the class names have not. */
function kindOf(type: string): string | undefined {
  const kind = type.slice(type.lastIndexOf(".") + 1);
  const isKnown = type.startsWith("sentence_transformers.") && ["Transformer", "Pooling", "Normalize"].includes(kind);
  return isKnown ? kind : undefined;
}

/** Exports of other programs may lack modules.json; a Normalize step leaves no file, so nothing is known of it then. */
async function modulesByFolder(folder: EncoderFolder): Promise<Modules> {
  const steps = folder.files.filter((file) => MODULE_CONFIG.test(file));
  const other = steps.find((file) => !/_(Transformer|Pooling|Normalize)\//.test(file));
  if (other !== undefined) {
    return { pooling: undefined, normalize: undefined, refusal: unsupported(folder, `it has ${other}`) };
  }
  const pooling = steps.filter((file) => file.includes("_Pooling/"));
  if (pooling.length > 1) throw unsupported(folder, `it has ${pooling.join(" and ")} and no modules.json`);
  return {
    pooling: pooling.length === 0 ? undefined : await readPooling(folder, pooling[0].slice(0, pooling[0].indexOf("/"))),
    normalize: undefined,
  };
}

async function readPooling(folder: EncoderFolder, path: string): Promise<PoolingModule> {
  const file = `${path}/config.json`;
  if (!isSafePath(path)) throw unsupported(folder, `modules.json points to ${JSON.stringify(path)}`);
  const settings = await readSettingsFile(folder, file, PoolingFile);
  if (settings === undefined) throw missingFile(folder.name, file, folder.files);
  return { modes: modesOf(settings), includePrompt: settings.include_prompt ?? true, file };
}

/** No mode at all means the mean, as in sentence-transformers. */
function modesOf(settings: z.infer<typeof PoolingFile>): readonly string[] {
  const named = settings.pooling_mode;
  if (typeof named === "string") return [named.toLowerCase()];
  if (named) return named.map((mode) => mode.toLowerCase());
  const on = Object.entries(SWITCHES).filter(([, key]) => settings[key] === true);
  return on.length === 0 ? ["mean"] : on.map(([mode]) => mode);
}

/** The pooling that a file asks for; undefined where it asks for several, or for one that is not done here. */
export function poolingOf({ modes }: PoolingModule): Pooling | undefined {
  const [mode] = modes;
  return modes.length === 1 && (mode === "mean" || mode === "cls" || mode === "max") ? mode : undefined;
}

const OTHER_ENCODER = "Choose an encoder that is a transformer with mean, cls or max pooling";

/** The error for an encoder whose files ask for something that is not done here. */
export function unsupported(folder: EncoderFolder, found: string, advice = OTHER_ENCODER): HeadstartError {
  return new HeadstartError("E_ENCODER_UNSUPPORTED", `Cannot use encoder ${folder.name}: ${found}. ${advice}`, {
    file: folder.path,
  });
}
