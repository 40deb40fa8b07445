import { Argument } from "commander";
import { bashScript } from "../completion/bash.js";
import { fishScript } from "../completion/fish.js";
import { completionTree, type Completed } from "../completion/tree.js";
import { zshScript } from "../completion/zsh.js";
import type { AddCommand } from "../context.js";
import { withCommonFlags } from "../flags/commonFlags.js";
import { withExamples } from "../flags/flag.js";
import type { GlobalFlags } from "../flags/options.js";

const SCRIPTS: Readonly<Record<string, (commands: readonly Completed[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const EXAMPLES = [
  "completion bash > ~/.local/share/bash-completion/completions/headstart",
  "completion zsh > ~/.zsh/completions/_headstart",
  "completion fish > ~/.config/fish/completions/headstart.fish",
];

export const addCompletion: AddCommand = (program, context) => {
  const command = program
    .command("completion")
    .description("print a script that completes commands and flags")
    .addArgument(new Argument("<shell>", "the shell").choices(Object.keys(SCRIPTS)));
  withCommonFlags(command);
  withExamples(command, EXAMPLES).action(async (shell: string, flags: GlobalFlags) => {
    const { printData, printJson } = context();
    const script = SCRIPTS[shell](completionTree(program));
    await (flags.json === true ? printJson({ shell, script }) : printData(script));
  });
};
