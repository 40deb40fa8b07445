import type { Command, Help, Option } from "commander";
import { usedBy, type Kind } from "./flagUse.js";
import { HEADINGS, helpEnd } from "./flag.js";

/** What the help of a command is to show. */
export interface HelpOptions {
  /** Advanced flags too. */
  readonly all: boolean;
  /** The kind of the head that is named, where there is one. */
  readonly headKind: Kind | undefined;
}

/** Columns of the help where the terminal has more. */
const WIDEST = 100;
/** Examples beside a short help. */
const EXAMPLES = 3;

export const helpWidth = (columns: number | undefined): number => Math.min(columns || 80, WIDEST);

/** Makes a command's help one that fits a screen: flags under headings, those that matter for the task at hand. */
export function shapeHelp(command: Command, options: HelpOptions): void {
  command.configureHelp({ formatHelp: (asked, helper) => commandHelp(asked, { ...options, helper }) });
}

/** The list of commands, without the names that they had before. */
export function shapeProgramHelp(program: Command): void {
  program.configureHelp({ subcommandTerm: (command) => `${command.name()} ${operands(command)}`.trim() });
}

function commandHelp(command: Command, { all, headKind, helper }: HelpOptions & { readonly helper: Help }): string {
  const kinds = kindsOf(command, headKind);
  const useful = command.options.filter((option) => !option.hidden && isFor(command, option, kinds));
  const shown = useful.filter((option) => all || option.helpGroupHeading !== HEADINGS.advanced);
  const own = command.registeredArguments.map((argument): Item => {
    const choices = choicesText(argument.argChoices, argument.defaultValue as unknown);
    const about = described(argument.description, choices);
    return { term: operand(argument), description: about + (argument.required ? " (required)" : "") };
  });
  const groups = Object.values(HEADINGS).map((heading) => ({
    heading,
    items: [
      ...(heading === HEADINGS.input ? own : []),
      ...shown.filter((option) => option.helpGroupHeading === heading).map(optionItem),
    ],
  }));
  const width = Math.max(...groups.flatMap(({ items }) => items.map(({ term }) => term.length)));
  const blocks = groups
    .filter(({ items }) => items.length > 0)
    .map(({ heading, items }) => [
      heading,
      ...items.map(({ term, description }) => helper.formatItem(term, width, description, helper)),
    ]);
  const end = endOf(command, { kinds, all, more: useful.length - shown.length, helper });
  const top = [usageOf(command), "", sentence(command.description())];
  return `${[top, ...blocks, ...end].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

interface Item {
  readonly term: string;
  readonly description: string;
}

const optionItem = (option: Option): Item => {
  const fallback = option.defaultValueDescription ?? (option.defaultValue as unknown);
  const text = described(option.description, choicesText(option.argChoices, fallback));
  return { term: option.flags, description: option.mandatory ? `${text} (required)` : text };
};

const described = (text: string, choices: string): string =>
  text === "" || choices === "" || choices.startsWith(" (") ? text + choices : `${text}: ${choices}`;

/** Such as `none (default), balanced`, or ` (default: 1)`. */
function choicesText(choices: readonly string[] | undefined, fallback: unknown): string {
  const isAmong = choices?.includes(String(fallback)) === true;
  const named = choices?.map((choice) => (choice === fallback ? `${choice} (default)` : choice)).join(", ");
  const list = named ?? "";
  return fallback === undefined || isAmong ? list : `${list} (default: ${String(fallback)})`;
}

/** The kinds of heads that the command line so far may be about; undefined where that is open. */
function kindsOf(command: Command, headKind: Kind | undefined): readonly Kind[] | undefined {
  if (headKind !== undefined) return [headKind];
  const { task, multiLabel } = command.opts<{ task?: string | undefined; multiLabel?: string | undefined }>();
  if (task === "ner") return ["tagger"];
  if (multiLabel !== undefined) return ["multi-label"];
  return task === undefined ? undefined : ["logistic", "mlp", "search", "label errors", "multi-label", "classifier"];
}

function isFor(command: Command, option: Option, kinds: readonly Kind[] | undefined): boolean {
  const by = usedBy(command.name(), option.attributeName());
  // It is how the task is chosen.
  if (by === undefined || kinds === undefined || option.attributeName() === "task") return true;
  return by.some((kind) => kinds.includes(kind));
}

interface EndOptions {
  readonly kinds: readonly Kind[] | undefined;
  readonly all: boolean;
  /** Flags that are not shown though they matter. */
  readonly more: number;
  readonly helper: Help;
}

function endOf(command: Command, { kinds, all, more, helper }: EndOptions): string[][] {
  const { examples, note } = helpEnd(command);
  const isOfEntities = (line: string): boolean => line.includes("--task ner");
  const matching = examples.filter((line) => isOfEntities(line) === (kinds?.includes("tagger") === true));
  const fitting = kinds === undefined || matching.length === 0 ? examples : matching;
  const shown = (all ? fitting : fitting.slice(0, EXAMPLES)).map((line) => `  headstart ${line}`);
  const wrapped = (text: string): string => helper.boxWrap(text, helper.helpWidth ?? 80);
  const isOfTexts =
    command.opts<{ task?: string | undefined }>().task !== undefined && kinds?.includes("tagger") === false;
  const foot = [
    ...(more > 0 ? [`--help-all shows ${more} more flags`] : []),
    ...(isOfTexts ? ["--task ner --help those for entities"] : []),
  ].join(", ");
  return [
    ...(shown.length > 0 ? [["Examples:", ...shown]] : []),
    ...(note === undefined ? [] : [[wrapped(note)]]),
    ...(foot === "" ? [] : [[`${foot}.`]]),
  ];
}

/** Such as `Usage: headstart train <corpus...> -o <folder> [options]`. */
function usageOf(command: Command): string {
  const required = command.options
    .filter((option) => option.mandatory)
    .map((option) => option.flags.replace(/, --\S+/, ""));
  return ["Usage: headstart", command.name(), operands(command), ...required, "[options]"]
    .filter((part) => part !== "")
    .join(" ");
}

const operand = (argument: Command["registeredArguments"][number]): string => {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
};

const operands = (command: Command): string => command.registeredArguments.map(operand).join(" ");

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
