import type { Command } from "commander";

/**
 * The values of a flag that takes several, apart for each time that it was given: `--source a b --source c` gives `[[a, b], [c]]`,
 * where commander has one list.
 *
 * @param flag  as it is written, such as `--source`
 */
export function valuesApart(command: Pick<Command, "parent">, flag: string): readonly (readonly string[])[] {
  const { rawArgs = [] } = (command.parent ?? {}) as { readonly rawArgs?: readonly string[] };
  const end = rawArgs.indexOf("--");
  const groups: string[][] = [];
  let open: string[] | undefined;
  for (const arg of end === -1 ? rawArgs : rawArgs.slice(0, end)) {
    if (arg === flag) groups.push((open = []));
    else if (arg.startsWith(`${flag}=`)) {
      groups.push([arg.slice(flag.length + 1)]);
      open = undefined;
    } else if (arg.startsWith("-") && arg !== "-") open = undefined;
    else open?.push(arg);
  }
  return groups;
}
