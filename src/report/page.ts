import { html, styleSheet, toText, type Html } from "./html.js";
import { PAGE_STYLE } from "./pageStyle.js";

/**
 * A page that stands alone: style inside, no scripts, nothing fetched.
 *
 * @param title  of the window; a window's title has no markup that could isolate bidi controls, so spell them out
 * @param moreStyle  CSS that this page alone needs
 * @returns the page, to be written as UTF-8
 */
export const pageText = (title: string, body: Html, moreStyle = ""): string =>
  toText(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta
            http-equiv="Content-Security-Policy"
            content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
          />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="referrer" content="no-referrer" />
          <link rel="icon" href="data:," />
          <title>${title}</title>
          ${styleSheet(PAGE_STYLE + moreStyle)}
        </head>
        <body>
          ${body}
        </body>
      </html> `,
  );
