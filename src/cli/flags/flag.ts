import { Option, type Command } from "commander";

/** Headings of a command's help, in their order; what is under the last one is shown by --help-all only. */
export const HEADINGS = {
  input: "Input:",
  learn: "What to learn:",
  predictions: "Predictions:",
  output: "Output:",
  encoder: "Encoder:",
  advanced: "Advanced:",
} as const;

export type Heading = keyof typeof HEADINGS;

/** A flag under a heading of the help. */
export const flag = (heading: Heading, flags: string, description: string): Option =>
  new Option(flags, description).helpGroup(HEADINGS[heading]);

export function addFlags(command: Command, flags: readonly Option[]): Command {
  for (const one of flags) command.addOption(one);
  return command;
}

/** A flag that sets what another one sets. */
class FormerName extends Option {
  readonly #attribute: string;

  constructor(flags: string, { attribute }: { readonly attribute: string }) {
    super(flags);
    this.#attribute = attribute;
  }

  override attributeName(): string {
    return this.#attribute;
  }
}

/** The name that a flag had before: it still works, and nothing shows it. */
export function formerName(own: Option, flags: string): Option {
  const former = new FormerName(flags, { attribute: own.attributeName() });
  return (own.parseArg === undefined ? former : former.argParser(own.parseArg)).hideHelp();
}

/** Examples of a command, and what else its help says after them. */
export interface HelpEnd {
  /** Lines without the name of the program; those with `--task ner` are shown where entities are asked about. */
  readonly examples: readonly string[];
  readonly note?: string | undefined;
}

const ENDS = new WeakMap<Command, HelpEnd>();

export function withExamples(command: Command, examples: readonly string[], note?: string): Command {
  ENDS.set(command, { examples, ...(note === undefined ? {} : { note }) });
  return command;
}

export const helpEnd = (command: Command): HelpEnd => ENDS.get(command) ?? { examples: [] };
