import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** Milliseconds of the page's own clock. */
const BUDGET = 600_000;

/** The browser on this machine; undefined where there is none. */
export const CHROMIUM = NAMES.find((name) => spawnSync(name, ["--version"]).status === 0);

export type ColorScheme = "light" | "dark";

interface Shown {
  /** The page once its scripts are done. */
  readonly dom: string;
  /** What it wrote to its console. */
  readonly messages: readonly string[];
}

/** Opens a page of one's own in a browser without a window. */
export async function showPage(page: string, scheme: ColorScheme): Promise<Shown> {
  const folder = await mkdtemp(join(tmpdir(), "headstart-browser-"));
  const file = join(folder, "page.html");
  try {
    await writeFile(file, page);
    const { stdout, stderr } = await promisify(execFile)(
      CHROMIUM!,
      [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--enable-logging=stderr",
        `--user-data-dir=${join(folder, "profile")}`,
        `--blink-settings=preferredColorScheme=${scheme === "dark" ? 0 : 1}`,
        `--virtual-time-budget=${BUDGET}`,
        "--window-size=1400,1000",
        "--dump-dom",
        pathToFileURL(file).href,
      ],
      { maxBuffer: 1 << 28, timeout: 110_000 },
    );
    return { dom: stdout, messages: stderr.split("\n").filter((line) => line.includes(":CONSOLE")) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
