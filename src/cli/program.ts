import { statSync } from "node:fs";
import { format } from "node:util";
import { Command, CommanderError } from "commander";
import { VERSION } from "../version.js";
import type { HeadKind } from "../head/file/folder.js";
import { escapeControls, jsonText } from "../text/escape.js";
import type { AddCommand, Context } from "./context.js";
import { isClosedPipe } from "./closedPipe.js";
import { describeFailure } from "./errorMessage.js";
import type { StandardInput, StandardOutput } from "../files/standardStreams.js";
import { writeError } from "../files/writeError.js";
import { refuseIdle } from "./flags/refuseIdle.js";
import { helpWidth, shapeHelp, shapeProgramHelp } from "./flags/help.js";
import { openReporter, type Reporter } from "./progress.js";

/** The commands, in the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  embed: async () => (await import("./commands/embed.js")).addEmbed,
  train: async () => (await import("./commands/train.js")).addTrain,
  evaluate: async () => (await import("./commands/evaluate.js")).addEvaluate,
  compare: async () => (await import("./commands/compare.js")).addCompare,
  predict: async () => (await import("./commands/predict.js")).addPredict,
  split: async () => (await import("./commands/split.js")).addSplit,
  transfer: async () => (await import("./commands/transfer.js")).addTransfer,
  layers: async () => (await import("./commands/layers.js")).addLayers,
  distill: async () => (await import("./commands/distill.js")).addDistill,
  encoders: async () => (await import("./commands/encoders.js")).addEncoders,
  cache: async () => (await import("./commands/cache.js")).addCache,
  doctor: async () => (await import("./commands/doctor.js")).addDoctor,
  completion: async () => (await import("./commands/completion.js")).addCompletion,
};

/** Names that commands had before. */
const FORMER: Readonly<Record<string, string>> = { distil: "distill" };

/** The command that is named, if there is one. */
function namedIn([first = ""]: readonly string[]): string | undefined {
  const name = FORMER[first] ?? first;
  return Object.hasOwn(COMMANDS, name) ? name : undefined;
}

/** The command that is named, alone, since loading the code of all takes longer than most of them; else all. */
function commandsFor(args: readonly string[]): Promise<AddCommand[]> {
  const named = namedIn(args);
  if (named === undefined && (args[0] === "--version" || args[0] === "-v")) return Promise.resolve([]);
  // A completion is of all commands.
  const names = named === undefined || named === "completion" ? Object.keys(COMMANDS) : [named];
  return Promise.all(names.map((name) => COMMANDS[name]()));
}

const EXAMPLES = `
Examples:
  headstart predict sentiment "I loved it"
  headstart embed tweets.csv -o tweets.parquet
  headstart train tweets.csv -o my-head
  headstart transfer --source tweets.csv --target movies.csv -o out

headstart <command> --help shows the flags of a command.

Exit codes: 0 done, 1 a defect of headstart, 2 usage, 3 input data,
4 encoder or head, 5 output, 6 a limit, 7 another run`;

/** The world a run happens in. */
export interface World {
  readonly stdin: StandardInput;
  readonly stdout: StandardOutput;
  readonly stderr: StandardOutput;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly clock: () => number;
  readonly now: () => string;
}

/** Runs one command line to its end. @returns the exit status */
export async function run(given: readonly string[], world: World): Promise<number> {
  // Known before parsing, since parsing itself may fail; after a `--` come texts and files.
  const flags = given.includes("--") ? given.slice(0, given.indexOf("--")) : given;
  const json = flags.includes("--json");
  const debug = flags.includes("--debug");
  const reporter = openReporter({
    quiet: flags.includes("--quiet"),
    verbose: flags.includes("--verbose"),
    stream: world.stderr,
    clock: world.clock,
    env: world.env,
  });
  hearLibraries(reporter);
  const context = { ...world, args: given, reporter, ...printing(world.stdout) };
  const args = flags.includes("--help-all") ? given.map((arg) => (arg === "--help-all" ? "--help" : arg)) : given;
  try {
    const program = await programFor(args, { context, all: args !== given });
    if (args.length === 0) {
      program.outputHelp();
      return 0;
    }
    await program.parseAsync(withOwnValues(args), { from: "user" });
    return 0;
  } catch (error) {
    reporter.clear();
    if (world.signal.aborted && !(error instanceof CommanderError)) throw error;
    // `headstart ... | head -1` closes the pipe: that is an end, not an error.
    if (isClosedPipe(error)) return 0;
    const failure = describeFailure(error, { json, debug, command: namedIn(args) });
    if (failure.message !== "") world.stderr.write(`${failure.message}\n`);
    return failure.exitCode;
  }
}

/** The program with the commands that matter. @param all  whether help shows advanced flags too */
async function programFor(
  args: readonly string[],
  { context, all }: { readonly context: Context & Pick<World, "stdout">; readonly all: boolean },
): Promise<Command> {
  const { stdout, reporter } = context;
  const program = new Command("headstart")
    .description("Train small heads on frozen transformer vectors, and know whether they carry over to other texts")
    .version(VERSION, "-v, --version")
    .addHelpText("after", EXAMPLES)
    .showSuggestionAfterError()
    .hook("preAction", (_, command) => refuseIdle(command, reporter));
  shapeProgramHelp(program);
  for (const add of await commandsFor(args)) add(program, () => context);
  const headKind = await headKindIn(args);
  for (const command of [program, ...program.commands]) {
    if (command !== program) shapeHelp(command, { all, headKind });
    command.exitOverride().configureOutput({
      writeOut: (text) => stdout.write(shown(text)),
      writeErr: () => {},
      getOutHelpWidth: () => helpWidth(stdout.columns),
    });
  }
  return program;
}

/** The kind of the head whose flags the help is asked for; undefined where there is none, or none is asked for. */
async function headKindIn(args: readonly string[]): Promise<HeadKind | undefined> {
  const [name, ...rest] = args;
  if ((name !== "predict" && name !== "evaluate") || !rest.some((arg) => arg === "--help" || arg === "-h"))
    return undefined;
  // The first word: what stands before it are flags whose values are not distinguished from it here.
  const head = rest.find((arg) => !arg.startsWith("-"));
  if (head === undefined) return undefined;
  const { peekHead } = await import("../head/file/folder.js");
  return (await peekHead(head).catch(() => undefined))?.kind;
}

/** Whether a word is the value of a flag that may have one. */
const VALUES: Readonly<Record<string, (word: string) => boolean>> = {
  "--cache": (word) => !isFile(word),
  "--explainable": (word) => /^\d+$/.test(word),
};

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Moves flags that may have a value behind the files in front of which they stand, which they would take for it. */
function withOwnValues(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  const flags = end === -1 ? args : args.slice(0, end);
  const alone = flags.filter((arg, i) => i + 1 < flags.length && VALUES[arg]?.(flags[i + 1]) === false);
  if (alone.length === 0) return args;
  return [...flags.filter((arg) => !alone.includes(arg)), ...alone, ...args.slice(flags.length)];
}

/** What libraries say on the console, such as of an odd model, is a remark like others: escaped, on stderr, or not at all. */
function hearLibraries(reporter: Reporter): void {
  for (const method of ["debug", "log", "info", "warn", "error"] as const) {
    console[method] = (...said: unknown[]) => reporter.info(format(...said));
  }
}

/** The ways to stdout: a command has no other. */
function printing(stdout: StandardOutput): Printing {
  const lines = (all: readonly string[]): Promise<void> => write(stdout, all.map((line) => `${line}\n`).join(""));
  return {
    print: (all) => lines(all.map(escapeControls)),
    printJson: (value) => lines([jsonText(value)]),
    printJsonLines: (values) => lines(values.map(jsonText)),
    printData: (content) => write(stdout, content),
  };
}

type Printing = Pick<Context, "print" | "printJson" | "printJsonLines" | "printData">;

/** Help, escaped line by line. */
const shown = (text: string): string => text.split("\n").map(escapeControls).join("\n");

/** Waits until the reader has taken it, so that a slow pipe slows the run instead of filling the memory. */
function write(stream: StandardOutput, content: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(content, (error) => (error ? reject(writeError("stdout", error)) : resolve()));
  });
}
