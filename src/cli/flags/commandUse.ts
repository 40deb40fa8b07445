/*
 * Which of the flags that every command accepts have an effect on which command, and which flags have one only beside
 * another. flagUse.ts has what depends on the kind of a head.
 */

import { isPipe } from "../../corpus/source.js";

const OF_CSV = ["header", "delimiter", "quote"];
const OF_FILES = ["encoding", "limit", "badRows", "invalidUtf8", "maxField", "from"];
const READING = ["textColumn", ...OF_CSV, ...OF_FILES, "dropMissing"];
const SETTINGS = ["modelFile", "pooling", "normalize", "layer", "maxTokens", "prompt", "precision"];
const BATCHES = ["batchTokens", "allowBatchDependence"];
const CACHE = ["cache", "cacheMax"];
const ALWAYS = ["seed", "threads", "offline", "json", "quiet", "debug"];

const TRAINING = [...READING, "labelColumn", "encoder", ...SETTINGS, ...BATCHES, ...CACHE, "force"];
const PREDICTING = [...READING, "encoder", ...BATCHES, ...CACHE, "force"];

interface Effect {
  readonly used: readonly string[];
  /** Taken without a word though they change nothing, such as settings that a head has of its own and are compared with it. */
  readonly accepted?: readonly string[] | undefined;
}

/** By command; one that is not here uses none but those of all commands. */
const EFFECTS: Readonly<Record<string, Effect>> = {
  embed: { used: [...READING, "encoder", ...SETTINGS, ...BATCHES, ...CACHE, "store", "force"] },
  train: { used: TRAINING },
  evaluate: { used: [...PREDICTING, "labelColumn"], accepted: SETTINGS },
  compare: { used: [...PREDICTING, "labelColumn"], accepted: SETTINGS },
  predict: { used: PREDICTING, accepted: SETTINGS },
  split: { used: [...READING.filter((name) => name !== "dropMissing"), "labelColumn", "force"] },
  transfer: { used: TRAINING },
  layers: { used: TRAINING.filter((name) => name !== "layer") },
  // It keeps no vectors; --no-cache makes it rewrite the model for --precision int8 again.
  distill: {
    used: ["modelFile", "pooling", "normalize", "layer", "prompt", "precision", "force"],
    accepted: ["encoder", "cache"],
  },
  cache: { used: CACHE },
  doctor: {
    used: [...READING.filter((name) => name !== "dropMissing"), "encoder", ...SETTINGS, "batchTokens", "store"],
  },
};

/** Flags that every command has accepted from the first version on: without an effect they give a warning, and no error. */
const CONTRACT = new Set([
  ..."encoder textColumn labelColumn encoding limit badRows pooling layer maxTokens batchTokens".split(" "),
  ..."precision store cache cacheMax force".split(" "),
]);

/** All that every command accepts. */
const COMMON = new Set([...TRAINING, "store", ...ALWAYS]);

export type CommonUse = "used" | "accepted" | "none";

/** What a flag, by the name that commander gives it, does to a command. */
export function commonUse(command: string, name: string): CommonUse {
  const { used = [], accepted = [] } = EFFECTS[command] ?? {};
  if (ALWAYS.includes(name) || used.includes(name)) return "used";
  return accepted.includes(name) ? "accepted" : "none";
}

/** A command line after parsing. */
export interface Parsed {
  readonly command: string;
  /** What is no flag, in order. */
  readonly operands: readonly string[];
  /** All flags, those that were not given with their defaults. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Names of the flags that were given. */
  readonly given: readonly string[];
}

interface Need {
  readonly flags: readonly string[];
  readonly isMet: (parsed: Parsed) => boolean;
  /** Goes behind "does nothing". */
  readonly else: string;
}

/** Flags that do nothing by themselves. */
const NEEDS: Readonly<Record<string, readonly Need[]>> = {
  embed: [
    { flags: ["repair"], isMet: ({ flags }) => flags["output"] !== "-", else: "with -o -, of which nothing is kept" },
  ],
  train: [
    {
      flags: ["tuneSeconds", "tuneLayers", "tunePoolings"],
      isMet: ({ flags }) => flags["tune"] === true,
      else: "without --tune",
    },
    {
      flags: ["cv"],
      isMet: ({ flags }) => flags["dev"] === undefined,
      else: "with --dev, whose rows settings are chosen on",
    },
    {
      flags: ["poolRare"],
      isMet: ({ flags }) => flags["minPerClass"] !== undefined,
      else: "without --min-per-class",
    },
  ],
  predict: [
    {
      flags: [...READING.filter((name) => name !== "encoding" && name !== "invalidUtf8"), "to", "prefix"],
      isMet: ({ flags }) => flags["input"] !== undefined,
      else: "without --input",
    },
    {
      flags: ["encoding", "invalidUtf8"],
      isMet: ({ flags, operands }) => flags["input"] !== undefined || operands.length === 1,
      else: "for texts that are arguments",
    },
  ],
  transfer: [
    {
      flags: ["source", "target", "sourceDev", "targetTrain", "suggest", "adapt", "head"],
      isMet: ({ flags }) => flags["matrix"] === undefined,
      else: "with --matrix, where each file is source and target in turn",
    },
  ],
  cache: [{ flags: ["olderThan", "all"], isMet: ({ operands }) => operands[0] === "clean", else: "without clean" }],
  doctor: [
    {
      flags: [...READING, "store"],
      isMet: ({ operands }) => operands.length > 0,
      else: "without a corpus to forecast",
    },
  ],
};

/** Flags about how rows are read, for every command that reads any. */
const OF_ROWS: readonly Need[] = [
  {
    flags: OF_CSV,
    isMet: (parsed) => rowsOf(parsed).some(isCsv(parsed)),
    else: "for files that are neither CSV nor TSV",
  },
  {
    flags: ["dropMissing"],
    isMet: (parsed) => !["embed", "predict"].includes(parsed.command) || !rowsOf(parsed).every(isCsv(parsed)),
    else: "for CSV and TSV, where a missing text is an empty one: the labels are not looked at",
  },
];

const isCsv =
  ({ flags: { from } }: Parsed) =>
  (file: string): boolean =>
    from === undefined ? isPipe(file) || /\.[ct]sv(?:\.gz)?$/i.test(file) : from === "csv" || from === "tsv";

/** How many of the operands are heads. */
const HEADS: Readonly<Record<string, number>> = { evaluate: 1, compare: 2 };

/** Files that rows are read from. */
function rowsOf({ command, operands, flags }: Parsed): readonly string[] {
  const named = ["input", "dev", "source", "target", "sourceDev", "targetTrain", "matrix"].flatMap((name) => {
    const files = flags[name];
    return Array.isArray(files) ? (files as string[]) : [];
  });
  const own = command === "predict" ? [] : operands.slice(HEADS[command] ?? 0);
  return [...own, ...named];
}

/** A flag that does nothing on this command line, and why; `isInContract` where it is to be accepted all the same. */
export interface Idle {
  readonly name: string;
  readonly because: string;
  readonly isInContract: boolean;
}

/** The given flags that do nothing, whatever the kind of head. */
export function idleFlags(parsed: Parsed): readonly Idle[] {
  const { command, given } = parsed;
  const needs = [...(NEEDS[command] ?? []), ...OF_ROWS];
  return given.flatMap((name): Idle[] => {
    const isInContract = CONTRACT.has(name);
    if (COMMON.has(name) && commonUse(command, name) === "none")
      return [{ name, because: `for headstart ${command}`, isInContract }];
    const need = needs.find(({ flags, isMet }) => flags.includes(name) && !isMet(parsed));
    return need === undefined ? [] : [{ name, because: need.else, isInContract }];
  });
}
