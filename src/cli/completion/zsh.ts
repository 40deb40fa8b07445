import type { Completed, CompletedFlag } from "./tree.js";

/** The same for zsh, with descriptions. */
export function zshScript(commands: readonly Completed[]): string {
  const names = commands.map(
    ({ name, description }) => `    ${quoted(`${name}:${description.replaceAll(":", "\\:")}`)}`,
  );
  return `#compdef headstart
# zsh completion for headstart: source <(headstart completion zsh), after compinit
_headstart() {
  local -a commands
  commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(caseOf).join("\n")}
  esac
}
compdef _headstart headstart
`;
}

function caseOf({ name, flags, choices }: Completed): string {
  const first = choices.length > 0 ? [quoted(`1:what:(${choices.join(" ")})`)] : [];
  const all = [...flags.flatMap(specs), ...first, "'*:file:_files'"];
  return `    ${name}) _arguments ${all.join(" \\\n      ")} ;;`;
}

/** One for each name of a flag. */
function specs({ names, description, value }: CompletedFlag): string[] {
  const about = `[${description.replaceAll(/[[\]\\]/g, "\\$&")}]`;
  const after = value === undefined ? "" : value.length === 0 ? ":value:_files" : `:value:(${value.join(" ")})`;
  return names.map((name) => quoted(`${name}${about}${after}`));
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
