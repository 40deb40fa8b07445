import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const README = readFileSync(join(ROOT, "README.md"), "utf8");
/** Commands that other tests run, and which: they install, or run everything. */
const RUN_ELSEWHERE = ["npm start", "npm test", "npm install headstart --ignore-scripts"];

const blocks = (language: string): string[] =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map((match) => match[1]);
const commands = blocks("sh").flatMap((block) => block.trim().split("\n"));

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

describe("README.md", () => {
  it("has commands and a program to run", () => {
    expect(commands.length).toBeGreaterThan(8);
    expect(blocks("js")).toHaveLength(1);
  });

  it("names only npm scripts that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const named = [...README.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1]);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it("shows pictures and links files that exist", () => {
    const linked = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1]);
    expect(linked.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  for (const command of commands.filter((c) => !RUN_ELSEWHERE.includes(c))) {
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

  it("gives a program that works", () => {
    writeFileSync(join(folder, "program.mjs"), blocks("js")[0]);
    const printed = execFileSync(process.execPath, ["program.mjs"], { cwd: folder, encoding: "utf8" });
    expect(printed).toBe("positive 1.00\n0.72\n");
  }, 180_000);
});
