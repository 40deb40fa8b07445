import type { Completed } from "./tree.js";

const words = (all: readonly string[]): string => `words="${all.join(" ")}"`;

/** A script that completes commands, flags and the words that flags take, and files anywhere else. */
export function bashScript(commands: readonly Completed[]): string {
  const ofFlags = commands.map(({ name, flags }) => `      ${name}) ${words(flags.flatMap(({ names }) => names))} ;;`);
  const ofChoices = commands
    .filter(({ choices }) => choices.length > 0)
    .map(({ name, choices }) => `      ${name}) [ "$COMP_CWORD" -eq 2 ] && ${words(choices)} ;;`);
  return `# bash completion for headstart: source <(headstart completion bash)
_headstart() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" words="" isValue=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")} help --help --version" -- "$cur"))
    return
  fi
  case "\${COMP_WORDS[1]} \${COMP_WORDS[COMP_CWORD-1]}" in
${commands.flatMap(valueCases).join("\n")}
  esac
  if [ -z "$isValue" ] && [[ "$cur" == -* ]]; then
    case "\${COMP_WORDS[1]}" in
${ofFlags.join("\n")}
    esac
  elif [ -z "$isValue" ]; then
    case "\${COMP_WORDS[1]}" in
${ofChoices.join("\n")}
    esac
  fi
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); fi
}
# Where there is no word, files.
complete -o default -F _headstart headstart
`;
}

function valueCases({ name, flags }: Completed): string[] {
  return flags.flatMap(({ names, value }) => {
    const after = names.map((flag) => `"${name} ${flag}"`).join("|");
    return value === undefined ? [] : [`    ${after}) ${words(value)}; isValue=1 ;;`];
  });
}
