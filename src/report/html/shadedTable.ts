import { html, type Content, type Html } from "./html.js";

/** A table whose cells bring a shade of their own; it scrolls by itself where it is wider than the page. */
export const shadedTable = (caption: Content, head: Content, rows: Content): Html =>
  html`<div class="scroll" tabindex="0" role="group">
    <table class="confusion">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;

/** A cell with a number and a remark below it, of one color or the other. @param share  of the full color, `[0, 1]` */
export const shadedCell = (
  { kind, share }: { readonly kind: "hit" | "miss"; readonly share: number },
  number: Content,
  below: Content,
): Html => html`<td class="${kind}" style="--share:${share.toFixed(3)}"><b>${number}</b> <small>${below}</small></td>`;
