/** Name of each file, short and no two alike: its own without the ending, or as much more of its path as tells it apart. */
export function domainNames(files: readonly string[]): string[] {
  const longest = Math.max(0, ...files.map((file) => partsOf(file).length));
  const names = files.map((file) => nameOf(file, 0));
  for (let more = 1; more <= longest + 1; more++) {
    const shared = names.map((name) => names.filter((other) => other === name).length > 1);
    shared.forEach((isShared, i) => {
      if (isShared) names[i] = more > longest ? files[i] : nameOf(files[i], more);
    });
  }
  return names;
}

/** @param more  0 for the name without its ending, 1 for the name, above it so many names */
function nameOf(file: string, more: number): string {
  const parts = partsOf(file);
  const own = parts.at(-1) ?? file;
  if (more > 0) return parts.slice(-more).join("/");
  return own.replace(/(?<=.)\.[a-z]+(\.(gz|zst))?$/i, "");
}

const partsOf = (file: string): string[] => file.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
