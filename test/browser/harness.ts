import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { showPage, type ColorScheme } from "./chromium.js";

/** As a script of the page that holds the frames. */
const LOOK = readFileSync(new URL("look.mjs", import.meta.url), "utf8").replace("export async", "async");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const LOOSE_POLICY =
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:";
const WATCH = `
window.dialogs = [];
window.alert = (text) => window.dialogs.push(String(text));
window.requests = [];
document.addEventListener("securitypolicyviolation", ({ blockedURI }) => window.requests.push(blockedURI));`;

/** What was seen of a page at one width. */
export interface Seen {
  readonly name: string;
  readonly width: number;
  /** Pixels that the page is wider than its window, and what reaches out the most. */
  readonly overflow: number;
  readonly widest: string;
  /** Rules of axe that are broken, with the elements. */
  readonly violations: readonly string[];
  /** Addresses that it asked for, in vain. */
  readonly requests: readonly string[];
  /** Dialogs that it opened. */
  readonly dialogs: readonly string[];
  readonly title: string;
  readonly background: string;
}

export interface Visit {
  readonly seen: readonly Seen[];
  readonly messages: readonly string[];
}

/**
 * Shows each page in a frame of each width and looks at it there. The pages forbid scripts, so that none could look: each is
 * shown with scripts allowed, so that nothing is left to stop what its texts would do.
 */
export async function visit(
  pages: ReadonlyMap<string, string>,
  { widths, scheme }: { readonly widths: readonly number[]; readonly scheme: ColorScheme },
): Promise<Visit> {
  const frames = [...pages].flatMap(([name, page]) => widths.map((width) => ({ name, width, page: unguarded(page) })));
  const { dom, messages } = await showPage(harness(frames), scheme);
  const found = /<script type="application\/json" id="seen">(.*?)<\/script>/s.exec(dom)?.[1];
  if (found === undefined) throw new Error(`The browser did not finish: ${messages.join("\n") || dom.slice(0, 500)}`);
  return { seen: JSON.parse(decodeURIComponent(found)) as Seen[], messages };
}

/** Scripts may run, axe among them; all else that the policy forbids is written down. */
function unguarded(page: string): string {
  const policy = /<meta\s+http-equiv="Content-Security-Policy"[^>]*>/;
  if (!policy.test(page)) throw new Error("The page has no content security policy");
  return page.replace(
    policy,
    () =>
      `<meta http-equiv="Content-Security-Policy" content="${LOOSE_POLICY}"><script>${WATCH}</script><script>${AXE}</script>`,
  );
}

const inScript = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

const harness = (
  frames: readonly object[],
): string => `<!doctype html><html lang="en"><meta charset="utf-8"><title>-</title><body><script>
${LOOK}
(async () => {
  const seen = [];
  for (const frame of ${inScript(frames)}) seen.push(await look(frame));
  const result = document.createElement("script");
  result.type = "application/json";
  result.id = "seen";
  result.textContent = encodeURIComponent(JSON.stringify(seen));
  document.body.append(result);
})();
</script></body></html>`;
