import { html, styleSheet, toText, type Html } from "./html.js";
import { PAGE_STYLE } from "./pageStyle.js";

/**
 * A page that stands alone: style inside, no scripts, nothing fetched.
 *
 * @param title  of the window; a window's title has no markup that could isolate bidi controls, so spell them out
 * @param more.style  CSS that this page alone needs
 * @param more.refresh  seconds after which a browser reads the file again, for a page that is still being written
 * @returns the page, to be written as UTF-8
 */
export const pageText = (
  title: string,
  body: Html,
  { style = "", refresh }: { readonly style?: string | undefined; readonly refresh?: number | undefined } = {},
): string =>
  toText(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta
            http-equiv="Content-Security-Policy"
            content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
          />
          <meta name="generator" content="headstart" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="referrer" content="no-referrer" />
          ${refresh === undefined ? null : html`<meta http-equiv="refresh" content="${refresh}" />`}
          <link rel="icon" href="data:," />
          <title>${title}</title>
          ${styleSheet(PAGE_STYLE + style)}
        </head>
        <body>
          ${body}
        </body>
      </html> `,
  );
