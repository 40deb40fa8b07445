import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { violations } from "./rules.js";
import { readSourceTree } from "./source-tree.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

describe("src", () => {
  const tree = readSourceTree(ROOT);

  it("is read", () => {
    expect(tree.has("src/errors.ts")).toBe(true);
    expect(tree.has("src/math/matrix.ts")).toBe(true);
  });

  it("keeps the order of its folders and the other rules [D07]", () => {
    expect(violations(tree)).toEqual([]);
  });
});

/** What the rules find in these files, beside a few empty ones. */
function found(files: Readonly<Record<string, string>>): readonly string[] {
  const standing = { "src/errors.ts": "", "src/math/a.ts": "", "src/files/a.ts": "", "src/cli/a.ts": "" };
  return violations(new Map(Object.entries({ ...standing, ...files })));
}

describe("violations()", () => {
  it("finds nothing in files that keep the rules", () => {
    expect(
      found({
        "src/math/a.ts": 'import { E } from "../errors.js"; import { b } from "./b.js";',
        "src/math/b.ts": "export const b = 1;",
        "src/head/fit.ts":
          'import { a } from "../files/a.js"; import type { Stats } from "node:fs"; import { z } from "zod";',
        "src/cli/a.ts": 'import { readFile } from "node:fs/promises"; const t = Date.now() + Math.random();',
        "src/onnx/runtime/session.ts":
          'import type { Tensor } from "onnxruntime-node"; const r = await import("onnxruntime-node");',
        "src/files/a.ts": 'import * as fs from "node:fs"; import { writeFile } from "node:fs/promises";',
        "src/index.ts": 'export { a } from "./head/fit.js"; export type { B } from "./math/b.js";',
      }),
    ).toEqual([]);
  });

  it.each([
    ["a static import", 'import { a } from "../cli/a.js";'],
    ["an import for effect", 'import "../cli/a.js";'],
    ["an import of a type", 'import type { A } from "../cli/a.js";'],
    ["a re-export", 'export { a } from "../cli/a.js";'],
    ["a re-export of everything", 'export * from "../cli/a.js";'],
    ["a dynamic import", 'const a = async () => await import("../cli/a.js");'],
    ["an import() type", 'let a: import("../cli/a.js").A;'],
    ["a require", 'const a = createRequire(import.meta.url)("x"), b = require("../cli/a.js");'],
  ])("finds %s of a higher rank", (_, code) => {
    expect(found({ "src/head/fit.ts": `\n${code}` })).toEqual([
      "src/head/fit.ts:2: head (4) imports cli (10): only lower ranks may be imported",
    ]);
  });

  it("does not take text for imports", () => {
    expect(found({ "src/head/fit.ts": '// import "../cli/a.js"\nconst s = `import "../cli/a.js"`;' })).toEqual([]);
  });

  it.each([
    ["src/head/fit.ts", "src/tagging/bio.ts", "head (4) imports tagging (5)"],
    ["src/report/html.ts", "src/export/fuse.ts", "report (7) imports export (7)"],
    ["src/onnx/model.ts", "src/corpus/csv.ts", "onnx (1) imports corpus (2)"],
    ["src/math/b.ts", "src/onnx/model.ts", "math (0) imports onnx (1)"],
  ])("finds that %s imports %s of the same or a higher rank", (from, to, message) => {
    expect(found({ [from]: `import { x } from "../${to.slice(4, -3)}.js";`, [to]: "" })).toEqual([
      `${from}:1: ${message}: only lower ranks may be imported`,
    ]);
  });

  it.each([
    ["src/onnx/model/model.ts", "src/onnx/runtime/session.ts", "onnx/model (0) imports onnx/runtime (1)"],
    ["src/onnx/rewrite/fold.ts", "src/onnx/quantize/int8.ts", "onnx/rewrite (1) imports onnx/quantize (1)"],
    ["src/corpus/decode/encoding.ts", "src/corpus/json/frame.ts", "corpus/decode (0) imports corpus/json (1)"],
    ["src/report/html/table.ts", "src/report/html/transfer/a.ts", "report/html (0) imports report/html/transfer (2)"],
  ])("finds that %s imports %s of the same or a higher rank in its top folder", (from, to, message) => {
    const specifier = posix
      .relative(posix.dirname(from), to)
      .replace(/\.ts$/, ".js")
      .replace(/^(?!\.)/, "./");
    expect(found({ [from]: `import { x } from "${specifier}";`, [to]: "" })).toEqual([
      `${from}:1: ${message}: only lower ranks may be imported`,
    ]);
  });

  it("lets folders of one top folder import downwards, and its own files import from and be imported by all", () => {
    expect(
      found({
        "src/corpus/csv.ts": 'import { a } from "./decode/encoding.js";',
        "src/corpus/decode/encoding.ts": "",
        "src/encoder/load.ts": 'import { a } from "./static/table.js";',
        "src/encoder/static/table.ts": 'import { e } from "../encoder.js"; import { t } from "../tokenizer/words.js";',
        "src/encoder/encoder.ts": "",
        "src/encoder/tokenizer/words.ts": "",
      }),
    ).toEqual([]);
  });

  it("finds any import in errors.ts but of text, and any of index.ts", () => {
    expect(found({ "src/errors.ts": 'import { a } from "./text/a.js";', "src/text/a.ts": "" })).toEqual([]);
    expect(found({ "src/errors.ts": 'import { a } from "./math/a.js";' })).toEqual([
      "src/errors.ts:1: errors (0) imports math (0): only lower ranks may be imported",
    ]);
    expect(found({ "src/text/a.ts": 'import { a } from "../errors.js";' })).toEqual([
      "src/text/a.ts:1: text (0) imports errors (0): only lower ranks may be imported",
    ]);
    expect(found({ "src/index.ts": "", "src/cli/b.ts": 'import { a } from "../index.js";' })).toEqual([
      "src/cli/b.ts:1: imports src/index.ts, which is for users of the package",
    ]);
  });

  it("finds an import that leads out of src or to no file", () => {
    expect(found({ "src/math/b.ts": 'import p from "../../package.json"; import { c } from "./c.js";' })).toEqual([
      "src/math/b.ts:1: ../../package.json is no file of src",
      "src/math/b.ts:1: ./c.js is no file of src",
    ]);
  });

  it("finds an inner file of a package", () => {
    const inner = 'import a from "some-package/src/a.js"; import b from "@of/them/dist/b.js";';
    expect(found({ "src/math/b.ts": `${inner} import c from "package/wire"; import d from "../dist/d.js";` })).toEqual([
      "src/math/b.ts:1: ../dist/d.js is no file of src",
      "src/math/b.ts:1: imports some-package/src/a.js, an inner file of a package",
      "src/math/b.ts:1: imports @of/them/dist/b.js, an inner file of a package",
    ]);
  });

  it("finds a name that two files export with a meaning each, and no re-export of one", () => {
    const files = { "src/math/b.ts": "export interface Thing {}", "src/head/c.ts": "export const Thing = 1;" };
    expect(found(files)).toEqual(['src/head/c.ts, src/math/b.ts: "Thing" is exported with several meanings']);
    const once = { "src/math/b.ts": "export const a = 1;", "src/head/c.ts": "const a = 1; export const b = a;" };
    expect(found({ ...once, "src/index.ts": 'export { a } from "./math/b.js";' })).toEqual([]);
  });

  it("finds cycles, of types too and through any number of files", () => {
    const cycle = found({
      "src/math/b.ts": 'import type { C } from "./c.js";',
      "src/math/c.ts": 'import type { D } from "./d.js";',
      "src/math/d.ts": 'import type { B } from "./b.js";',
      "src/math/e.ts": 'import { e } from "./e.js"; import type { B } from "./b.js";',
    });
    expect(cycle).toEqual([
      "import cycle: src/math/b.ts -> src/math/c.ts -> src/math/d.ts -> src/math/b.ts",
      "import cycle: src/math/e.ts -> src/math/e.ts",
    ]);
  });

  it("takes no diamond for a cycle", () => {
    expect(
      found({
        "src/math/b.ts": 'import "./c.js"; import "./d.js";',
        "src/math/c.ts": 'import "./a.js";',
        "src/math/d.ts": 'import "./a.js";',
      }),
    ).toEqual([]);
  });

  it("finds the runtime outside src/onnx, types and deeper paths too", () => {
    const code =
      'import type { Tensor } from "onnxruntime-node";\nconst b = require("onnxruntime-node/dist/backend.js");';
    expect(found({ "src/encoder/a.ts": code })).toEqual([
      "src/encoder/a.ts:1: imports onnxruntime-node, which only src/onnx does",
      "src/encoder/a.ts:2: imports onnxruntime-node/dist/backend.js, which only src/onnx does",
      "src/encoder/a.ts:2: imports onnxruntime-node/dist/backend.js, an inner file of a package",
    ]);
  });

  it.each([
    ["a function that writes", 'import { readFile, writeFile as w } from "node:fs/promises";', "writeFile"],
    ["one that writes at once", 'import { mkdirSync } from "fs";', "mkdirSync"],
    ["one that is not known to read", 'import { brandNew } from "node:fs";', "brandNew"],
    ["the promises of node:fs", 'import { promises } from "node:fs";', "promises"],
    ["all of it", 'import * as fs from "node:fs";', "*"],
    ["all of it as default", 'import fs from "node:fs/promises";', "*"],
    ["all of it, late", 'const { rm } = await import("node:fs");', "*"],
  ])("finds that a file outside src/files takes %s", (_, code, name) => {
    const [one, ...more] = found({ "src/cli/a.ts": code });
    expect(one).toMatch(/^src\/cli\/a\.ts:1: takes /);
    expect(one).toContain(`takes ${name} from`);
    expect(more).toEqual([]);
  });

  it.each([
    ['open(p, "w")', 1],
    ["open(p, flags)", 1],
    ["[p].map(open)", 1],
    ["const o = { open }", 1],
    ['open(p, "r")', 0],
    ["open(p)", 0],
    ["dialog.open(p, 'w')", 0],
  ])("of opening files, %s outside src/files gives %d", (code, count) => {
    expect(found({ "src/cli/a.ts": `import { open } from "node:fs/promises"; ${code};` })).toHaveLength(count);
  });

  it.each([
    "export default 1;",
    "export default function f() {}",
    "const a = 1; export { a as default };",
    'export { default } from "../math/a.js";',
    'export { b as default } from "../math/a.js";',
  ])("finds the default export in: %s", (code) => {
    expect(found({ "src/head/fit.ts": code })).toEqual(["src/head/fit.ts:1: default export"]);
  });

  it.each([
    "src/math/utils.ts",
    "src/math/helper.ts",
    "src/cli/common/a.ts",
    "src/head/misc.ts",
    "src/head/types.ts",
    "src/types.ts",
  ])("finds the junk drawer %s", (path) => {
    expect(found({ [path]: "" }).join()).toContain("names no thing");
  });

  it("finds a folder or a file that has no place in the order", () => {
    expect(found({ "src/models/a.ts": 'import "../math/a.js";', "src/thing.ts": "" })).toEqual([
      'src/models/a.ts: "models" has no place in the order of folders',
      'src/thing.ts: "thing" has no place in the order of folders',
    ]);
    expect(found({ "src/onnx/odd/a.ts": "" })).toEqual([
      'src/onnx/odd/a.ts: "onnx/odd" has no place in the order of folders',
    ]);
  });

  it("finds a folder of more than 20 files, those in its folders not counted", () => {
    const files = (folder: string, count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}/f${i}.ts`, ""]));
    expect(found({ ...files("src/encoder", 20), ...files("src/encoder/hub", 20) })).toEqual([]);
    expect(found({ ...files("src/encoder", 1), ...files("src/encoder/hub", 21) })).toEqual([
      "src/encoder/hub: 21 files, more than 20; those of one subject need a folder",
    ]);
  });

  it("finds a file of more than 300 lines, unless it is generated", () => {
    expect(found({ "src/math/b.ts": "//\n".repeat(300), "src/onnx/model/onnx_pb.ts": "//\n".repeat(9000) })).toEqual(
      [],
    );
    expect(found({ "src/math/b.ts": "//\n".repeat(301) })).toEqual(["src/math/b.ts: 301 lines, more than 300"]);
  });

  it("finds randomness and time that are no arguments", () => {
    expect(found({ "src/math/b.ts": "const a = Math.random();\nconst now = Date\n  .now;\n// Math.random()" })).toEqual(
      ["src/math/b.ts:1: Math.random outside src/cli", "src/math/b.ts:2: Date.now outside src/cli"],
    );
  });

  it("finds code in index.ts, and a re-export without names", () => {
    expect(
      found({ "src/index.ts": 'export * from "./math/a.js";\nexport const a = 1;\nexport { b } from "./math/a.js";' }),
    ).toEqual(["src/index.ts:1: more than named re-exports", "src/index.ts:2: more than named re-exports"]);
  });
});
