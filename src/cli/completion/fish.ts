import type { Completed, CompletedFlag } from "./tree.js";

/** The same for fish, with descriptions. */
export function fishScript(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, description, flags, choices }) => {
    const inCommand = `complete -c headstart -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c headstart -n __fish_use_subcommand -f -a ${name} -d ${quoted(description)}`,
      ...(choices.length > 0 ? [`${inCommand} -f -a ${quoted(choices.join(" "))}`] : []),
      ...flags.map((flag) => `${inCommand} ${specOf(flag)}`),
    ];
  });
  return `# fish completion for headstart: headstart completion fish | source\n${lines.join("\n")}\n`;
}

function specOf({ names, description, value }: CompletedFlag): string {
  const named = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const after = value === undefined ? [] : value.length === 0 ? ["-r"] : ["-x", `-a ${quoted(value.join(" "))}`];
  return [...named, ...after, `-d ${quoted(description)}`].join(" ");
}

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
