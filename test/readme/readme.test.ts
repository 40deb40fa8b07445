import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The pages whose commands are run, each page's after those of the pages before. */
const PAGES = ["README.md", "docs/files.md", "docs/entities.md", "docs/transfer.md"];
const TEXTS = new Map(PAGES.map((page) => [page, readFileSync(join(ROOT, page), "utf8")]));
/** Commands that other tests run, and which: they install, or run everything. */
const RUN_ELSEWHERE = ["npm start", "npm test", "npm install headstart --ignore-scripts"];

const blocks = (language: string, page: string): string[] => {
  const found = TEXTS.get(page)!.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"));
  return [...found].map((match) => match[1]);
};
const commandsOf = (page: string): string[] => blocks("sh", page).flatMap((block) => block.trim().split("\n"));

// Inside the checkout, so that `import "headstart"` finds the package by its own name.
let folder: string;
beforeAll(() => {
  mkdirSync(join(ROOT, "out"), { recursive: true });
  folder = mkdtempSync(join(ROOT, "out/readme-"));
  cpSync(join(ROOT, "data/README.md"), join(folder, "data/README.md"));
  for (const file of ["tweets.csv", "movies.csv", "sms.csv", "entities.conll"])
    cpSync(join(ROOT, "data", file), join(folder, "data", file));
  mkdirSync(join(folder, "test"));
  symlinkSync(join(ROOT, "test/fixtures"), join(folder, "test/fixtures"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(PAGES)("%s", (page) => {
  const text = TEXTS.get(page)!;

  it("names only npm scripts that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1]);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it("shows pictures and links files that exist", () => {
    const linked = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1]);
    expect(linked.filter((file) => !existsSync(join(ROOT, dirname(page), file)))).toEqual([]);
  });

  for (const command of commandsOf(page).filter((c) => !RUN_ELSEWHERE.includes(c))) {
    it(`gives a command that works: ${command}`, () => {
      const [npx, program, ...args] = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]);
      expect([npx, program]).toEqual(["npx", "headstart"]);
      const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "dist/cli/main.js"), ...args], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(stderr).not.toContain("error[");
      expect(status).toBe(0);
    }, 180_000);
  }
});

describe("README.md", () => {
  it("has commands and a program to run", () => {
    expect(commandsOf("README.md").length).toBeGreaterThan(8);
    expect(blocks("js", "README.md")).toHaveLength(1);
  });

  it("gives a program that works", () => {
    writeFileSync(join(folder, "program.mjs"), blocks("js", "README.md")[0]);
    const printed = execFileSync(process.execPath, ["program.mjs"], { cwd: folder, encoding: "utf8" });
    expect(printed).toBe("positive 1.00\n0.72\n");
  }, 180_000);
});
