import type { TransferRecord } from "../../../../transfer/experiment/record.js";
import { writtenLabelMap } from "../../../../dataset/labelMap.js";
import { shellWord } from "../../../../text/shell.js";

/** What the command has anyway. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  seed: 1,
  classWeights: "none",
  task: "classification",
  badRows: "fail",
  invalidUtf8: "fail",
  header: true,
  normalize: true,
  store: "fp32",
};
/** Where vectors are kept changes no number. */
const WITHOUT_EFFECT = ["cache", "cacheMax", "threads", "offline"];

/** The command that makes these numbers again, to be pasted into a shell. */
export function reproducingCommand(record: TransferRecord): string {
  const { corpora, map, options, report } = record;
  const { source, sourceDev, target, targetTrain } = corpora;
  const given: Flag[] =
    sourceDev.files.join("\n") === source.files.join("\n") ? [] : [["--source-dev", ...sourceDev.files]];
  const folder = report.replace(/[/\\]?report\.html$/, "") || ".";
  const flags: Flag[] = [
    ["--source", ...source.files],
    ...given,
    ["--target", ...target.files],
    ...(targetTrain === null ? [] : [["--target-train", ...targetTrain.files] as const]),
    ...mapFlag(map),
    ...Object.entries(options).flatMap(([name, value]) => optionFlag(name, value)),
    ...(record.head === null ? [["--no-head"] as const] : []),
    ["-o", folder],
  ];
  return ["headstart transfer", ...flags.map((words) => words.map(shellWord).join(" "))].join(" ");
}

type Flag = readonly [flag: string, ...words: string[]];

function mapFlag(map: TransferRecord["map"]): Flag[] {
  const entries = Object.entries(map).map(([from, to]) => [from, to === "drop" ? undefined : to] as const);
  return entries.length === 0 ? [] : [["--map", writtenLabelMap(new Map(entries))]];
}

function optionFlag(name: string, value: TransferRecord["options"][string]): Flag[] {
  if (DEFAULTS[name] === value || WITHOUT_EFFECT.includes(name)) return [];
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (typeof value === "boolean") return [[value ? `--${flag}` : `--no-${flag}`]];
  return [[`--${flag}`, Array.isArray(value) ? value.join(",") : String(value)]];
}
