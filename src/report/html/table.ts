import { html, type Content, type Html } from "./html.js";

interface TableOptions {
  /** What the table shows, in words. */
  readonly caption: Content;
  /** One heading per column; the first column names the row. */
  readonly head: readonly Content[];
}

/** A table of numbers: the first cell of each row is its heading, the others are aligned right. Scrolls when too wide. */
export const table = (body: readonly (readonly Content[])[], { caption, head }: TableOptions): Html =>
  html`<div class="scroll" tabindex="0" role="group">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map(headCell)}
        </tr>
      </thead>
      <tbody>
        ${body.map(tableRow)}
      </tbody>
    </table>
  </div>`;

/** What has no text is no heading. */
const headCell = (cell: Content): Html => (cell === "" ? html`<td></td>` : html`<th scope="col">${cell}</th>`);

const tableRow = ([first, ...rest]: readonly Content[]): Html =>
  html`<tr>
    <th scope="row">${first}</th>
    ${rest.map((cell) => html`<td>${cell}</td>`)}
  </tr>`;

/** Names and what they stand for. */
export const definitions = (entries: readonly (readonly [name: Content, meaning: Content])[]): Html =>
  html`<dl>
    ${entries.map(
      ([name, meaning]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${meaning}</dd>
        </div>`,
    )}
  </dl>`;
