import { decimals, signed } from "../../../text/numbers.js";
import type { MatrixCell } from "../../../transfer/matrix/record.js";
import { html, verbatim, type Content, type Html } from "../html.js";
import { shadedCell, shadedTable } from "../shadedTable.js";

interface HeatMapOptions {
  readonly caption: string;
  /** What a cell is shaded by; null for none. */
  readonly value: (cell: MatrixCell) => number | null;
  /** Below the number. */
  readonly note: (cell: MatrixCell) => string;
  /** Of a domain to itself. @default nothing */
  readonly own?: ((name: string) => number) | undefined;
}

/** A table of domains by domains whose cells are darker the higher they are, from the lowest of all to the highest. */
export function heatMap(names: readonly string[], cells: readonly MatrixCell[], options: HeatMapOptions): Html {
  const { value, own } = options;
  const all = [...cells.map(value).filter((v) => v !== null), ...(own === undefined ? [] : names.map(own))];
  const [low, high] = all.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [1, 0]);
  return grid(names, cells, options, {
    text: decimals,
    shade: (v) => ({ kind: "hit", share: high > low ? (v - low) / (high - low) : 0.5 }),
  });
}

/** The same of differences: of one color above 0, of the other below. */
export function signedHeatMap(names: readonly string[], cells: readonly MatrixCell[], options: HeatMapOptions): Html {
  const most = cells.reduce((far, cell) => Math.max(far, Math.abs(options.value(cell) ?? 0)), 0);
  return grid(names, cells, options, {
    text: signed,
    shade: (v) => ({ kind: v < 0 ? "miss" : "hit", share: most > 0 ? Math.abs(v) / most : 0 }),
  });
}

interface Look {
  readonly text: (value: number) => string;
  readonly shade: (value: number) => { readonly kind: "hit" | "miss"; readonly share: number };
}

function grid(
  names: readonly string[],
  cells: readonly MatrixCell[],
  { caption, value, note, own }: HeatMapOptions,
  { text, shade }: Look,
): Html {
  const at = new Map(cells.map((cell) => [JSON.stringify([cell.source, cell.target]), cell]));
  const shaded = (v: number, below: Content): Html => shadedCell(shade(v), text(v), below);
  const place = (source: string, target: string): Html => {
    const cell = at.get(JSON.stringify([source, target]));
    if (cell === undefined) return own === undefined ? html`<td>–</td>` : shaded(own(source), "in-domain");
    const v = value(cell);
    return v === null ? html`<td>–</td>` : shaded(v, note(cell));
  };
  return shadedTable(
    caption,
    html`<td class="corner">source ↓ target →</td>
      ${names.map((name) => html`<th scope="col">${verbatim(name)}</th>`)}`,
    names.map(
      (source) =>
        html`<tr>
          <th scope="row">${verbatim(source)}</th>
          ${names.map((target) => place(source, target))}
        </tr>`,
    ),
  );
}
