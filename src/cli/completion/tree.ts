import type { Command, Option } from "commander";

/** A command as far as a shell completes it. */
export interface Completed {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly CompletedFlag[];
  /** Words that the first operand is one of; empty for files, texts and names. */
  readonly choices: readonly string[];
}

export interface CompletedFlag {
  /** As it is written, such as `-o` and `--output`. */
  readonly names: readonly string[];
  readonly description: string;
  /** What follows: nothing, one of these words, or, for `[]`, a file or a word of one's own. */
  readonly value: readonly string[] | undefined;
}

/** The commands of a program with the flags that its help shows, those of --help-all included. */
export function completionTree(program: Command): readonly Completed[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    flags: [...command.options.filter(({ hidden }) => !hidden).map(flagOf), ...HELP],
    choices: command.registeredArguments[0]?.argChoices ?? [],
  }));
}

const flagOf = ({ short, long, description, argChoices, required, optional }: Option): CompletedFlag => ({
  names: [short, long].filter((name) => name !== undefined && name !== null),
  description,
  value: required || optional ? (argChoices ?? []) : undefined,
});

const HELP: readonly CompletedFlag[] = [
  { names: ["-h", "--help"], description: "show the flags that matter most", value: undefined },
  { names: ["--help-all"], description: "show all flags", value: undefined },
];
