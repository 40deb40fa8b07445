import { excerpt } from "../../errors.js";
import type { TextEntities } from "../../tagging/predict.js";
import { decimals } from "../../text/numbers.js";
import { balanced, html, verbatim, type Html } from "./html.js";
import { pageText } from "./page.js";

/** Frames and line kinds beside colors, so that labels do not depend on color alone; the name is there as well. */
const ENTITY_STYLE = `
.entity { background: none; color: inherit; border: 1px solid var(--hue); border-bottom-width: 3px; border-radius: 5px; padding: 0 .2em; }
.entity small { color: var(--ink); margin-left: .35em; font-weight: 600; }
.hue0 { --hue: var(--source); } .hue1 { --hue: var(--target); } .hue2 { --hue: var(--trained); }
.hue3 { --hue: var(--baseline); } .hue4 { --hue: var(--warn-line); } .hue5 { --hue: var(--ink); }
.round1 { border-bottom-style: double; border-bottom-width: 4px; } .round2 { border-bottom-style: dotted; }
.entity.unsure { border-style: dashed; }
.sentences { list-style: none; padding: 0; } .sentences li { padding: .5rem 0; border-top: 1px solid var(--line); line-height: 2; white-space: pre-wrap; }
`;
const HUES = 6;
/** More labels than hues have the same hues with another line below. */
const ROUNDS = 3;
const FIRST_LOOK = "hue0 round0";
const UNSURE = 0.5;

/**
 * Texts with the entities that were found in them marked, as one HTML page that stands alone: no scripts, nothing fetched.
 * Entities whose score is below 0.5 have a dashed frame. Texts and labels are shown as they are and can do nothing else.
 */
export function entitiesPage(
  texts: readonly TextEntities[],
  { title, labels }: { readonly title: string; readonly labels: readonly string[] },
): string {
  const look = new Map(labels.map((label, i) => [label, `hue${i % HUES} round${Math.floor(i / HUES) % ROUNDS}`]));
  const body = html`<main>
    <p class="kicker">headstart · entities</p>
    <h1>${verbatim(title)}</h1>
    <p>
      ${labels.map((label) => html`<span class="entity ${look.get(label) ?? FIRST_LOOK}">${verbatim(label)}</span> `)}
    </p>
    <ol class="sentences">
      ${texts.map((own) => html`<li dir="auto">${marked(own, look)}</li>`)}
    </ol>
  </main>`;
  return pageText(excerpt(title), body, { style: ENTITY_STYLE });
}

function marked({ text, entities }: TextEntities, look: ReadonlyMap<string, string>): Html[] {
  const parts: Html[] = [];
  let at = 0;
  for (const { start, end, label, score } of entities) {
    const sure = score < UNSURE ? "entity unsure" : "entity";
    parts.push(
      html`${balanced(text.slice(at, start))}`,
      html`<mark class="${sure} ${look.get(label) ?? FIRST_LOOK}" title="${decimals(score)}"
        >${balanced(text.slice(start, end))}<small>${verbatim(label)}</small></mark
      >`,
    );
    at = end;
  }
  return [...parts, html`${balanced(text.slice(at))}`];
}
