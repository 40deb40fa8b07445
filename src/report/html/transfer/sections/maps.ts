import { HOW_MAPPED } from "../../../../transfer/experiment/labelMismatch.js";
import type { TransferRecord } from "../../../../transfer/experiment/record.js";
import { shellWord } from "../../../../text/shell.js";
import { decimals } from "../../../../text/numbers.js";
import { html, isolated, section, type Html } from "../../html.js";
import { scaleOver } from "../../scale.js";
import { axisNote, trackChart } from "../../trackChart.js";

/** What to do with labels that the target lacks, and what each way scores; null where that is no question. */
export function maps({ maps: found = [] }: TransferRecord): Html | null {
  if (found.length === 0) return null;
  const scale = scaleOver(found.flatMap(({ macroF1, interval95 }) => [macroF1, ...interval95]));
  const tracks = found.map(({ map, macroF1, interval95, how }) => ({
    mark: "trained" as const,
    name: html`<code class="long">--map ${isolated(shellWord(map))}</code>`,
    detail: HOW_MAPPED[how],
    value: macroF1,
    interval: interval95,
  }));
  return section(
    "maps",
    "Labels that the target lacks",
    html`<p>
        The source has labels that no target row has. Which map is right is a question of what the labels mean, not of
        these scores: the best of several looks better than it is. All are scored on the same rows, so their intervals
        say nothing of the differences between them. ${axisNote(scale)}
      </p>
      ${trackChart(tracks, { what: "macro-F1 on the target", scale, text: decimals })}`,
  );
}
