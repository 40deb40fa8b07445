const MARKUP: unique symbol = Symbol("markup");

/** Markup that is safe to put into a page as it is; only the `html` tag makes it, and no JSON can look like it. */
export interface Html {
  readonly [MARKUP]: string;
}

/** What a template takes: text and numbers are escaped, markup is not, `null` is nothing, lists are joined. */
export type Content = string | number | Html | null | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
  "\r": "&#13;",
};

/**
 * Text for an element or a quoted attribute.
 *
 * Everything else stays as it is, bidi controls among it: isolate them with `verbatim`. Control characters that HTML
 * does not allow become their visible pictures (U+2400 and on), lone surrogates and the controls from U+0080 U+FFFD.
 */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"'`\r]/g, (c) => ENTITIES[c])
    .replace(/[\p{Cs}\x80-\x9f]/gu, "\uFFFD")
    .replace(/[\0-\x08\v\f\x0e-\x1f\x7f]/g, (c) =>
      String.fromCharCode(c === "\x7f" ? 0x2421 : 0x2400 + c.charCodeAt(0)),
    );
}

/** Template tag: html`<p class="${name}">${text}</p>`. Attributes must be quoted; indentation does not reach the page. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return {
    [MARKUP]: strings
      .map((part, i) => (i === 0 ? "" : toMarkup(values[i - 1])) + part.replace(/\n\s+/g, "\n"))
      .join(""),
  };
}

function toMarkup(content: Content): string {
  if (content === null) return "";
  if (typeof content === "string") return escapeHtml(content);
  if (typeof content === "number") return String(content);
  return isList(content) ? content.map(toMarkup).join("") : content[MARKUP];
}

const isList = (content: Html | readonly Content[]): content is readonly Content[] => Array.isArray(content);

/**
 * A style sheet of our own, not escaped.
 *
 * @throws RangeError when it could end its element
 */
export function styleSheet(css: string): Html {
  if (css.includes("<")) throw new RangeError("A style sheet must not contain <");
  return { [MARKUP]: `<style>${css}</style>` };
}

/** The markup as a string, for a file. */
export const toText = (markup: Html): string => markup[MARKUP];

/** A text of the user's inside a sentence. Its direction does not reach the words around it. */
export const isolated = (text: string): Html => html`<bdi>${balanced(text)}</bdi>`;

/** Characters of a label or a file name that are shown: a longer one is no name, and would bury the page. */
const MOST_OF_NAME = 200;

/** The same of a label, a file name: one that is very long is cut. */
export const verbatim = (text: string): Html => isolated(cutText(text, MOST_OF_NAME));

/**
 * `text` with its bidi isolates closed.
 *
 * A browser treats `bdi` like a pair of isolate controls, so a closing one too many in the text would end it early and
 * an opening one too many would swallow its end: the first are left out, the missing ones are added.
 */
export function balanced(text: string): string {
  let open = 0;
  const kept = text.replace(/[\u2066-\u2069]/g, (c) => {
    if (c !== "\u2069") open++;
    else if (open === 0) return "";
    else open--;
    return c;
  });
  return kept + "\u2069".repeat(open);
}

/** A long text of the user's, as a block with its own direction and line breaks, cut after 600 characters. */
export function quotation(text: string): Html {
  const cut = cutText(text, 600);
  const quote = html`<p class="quote" dir="auto">${cut}</p>`;
  return cut === text
    ? quote
    : html`${quote}
        <p class="note">(cut; ${[...text].length} characters in all)</p>`;
}

/** At most `length` characters (code points), the last one an ellipsis where something was cut. */
export function cutText(text: string, length: number): string {
  // A code point is at most two units, so most texts need not be taken apart.
  if (text.length <= length) return text;
  const points = [...text];
  return points.length <= length ? text : `${points.slice(0, length - 1).join("")}…`;
}

/** A part of the page under its own heading. */
export const section = (id: string, heading: string, body: Content): Html =>
  html`<section id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${heading}</h2>
    ${body}
  </section> `;

/** `parts` with `between` in between. */
export const joined = (parts: readonly Content[], between: Content): readonly Content[] =>
  parts.flatMap((part, i) => (i === 0 ? [part] : [between, part]));
