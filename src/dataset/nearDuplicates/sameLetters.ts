/** Letters in a row that are compared as one. */
const LENGTH = 3;

/**
 * Share of the runs of three letters or digits that two texts have in common, of all that either has, `[0, 1]` (Jaccard).
 * Spaces do not count: "is n't" and "isn't" are one.
 *
 * @example
 * console.log(sameLetters("it is n t", "it isn t")); // 1
 */
export function sameLetters(normalized: string, other: string): number {
  const [runs, others] = [runsOf(normalized), runsOf(other)];
  let shared = 0;
  for (const run of runs) if (others.has(run)) shared++;
  return shared / (runs.size + others.size - shared);
}

function runsOf(normalized: string): Set<string> {
  const letters = normalized.replaceAll(" ", "");
  const runs = new Set<string>();
  for (let i = 0; i === 0 || i + LENGTH <= letters.length; i++) runs.add(letters.slice(i, i + LENGTH));
  return runs;
}
