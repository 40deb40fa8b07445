import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cp, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { embedTexts } from "../../../src/encoder/embed/embed.js";
import type { EncoderOptions } from "../../../src/encoder/encoder.js";
import { loadEncoder } from "../../../src/encoder/load.js";
import { readModel, writeModel, type NodeProto } from "../../../src/onnx/model/model.js";
import { tempFolder } from "../files/tempFolder.js";
import { quantizeInt8 } from "../../../src/onnx/quantize/quantize.js";
import { paddedRun, someTexts } from "../onnx/tokenRuns.js";
import { fixture, fixtureModel, openEncoder } from "./tinyBert.js";

const MINI = fileURLToPath(new URL("../../../data/encoders/headstart-mini", import.meta.url));
const texts = ["A cat sat on the mat.", "good", "Rain again, and the worst of days, isn't it?", "", "x y z"];

/** A copy of an encoder with its nodes' names changed in the file. */
async function renamed(folder: string, rename: (n: NodeProto, i: number) => void): Promise<string> {
  const copy = await tempFolder();
  await cp(folder, copy, { recursive: true });
  const file = join(copy, "onnx/model.onnx");
  const model = readModel(await readFile(file), file);
  model.graph.node.forEach(rename);
  await writeFile(file, writeModel(model));
  return copy;
}

const without = (n: NodeProto): void => {
  delete (n as Partial<NodeProto>).name;
};

/** Every product called the queries' of the last layer; the first of them is not. */
const queries = (n: NodeProto): void => {
  if (n.opType === "MatMul") n.name = "/encoder/layer.1/attention/self/query/MatMul";
};

const vectorsOf = async (folder: string, options: EncoderOptions): Promise<Float32Array> =>
  (await embedTexts(await openEncoder(folder, options), texts)).vectors.data as Float32Array;

describe("an encoder's vectors", () => {
  it.each([
    ["tiny-bert", fixture("tiny-bert"), {}],
    ["tiny-bert by its first token", fixture("tiny-bert"), { pooling: "cls" }],
    ["tiny-bert by its largest numbers", fixture("tiny-bert"), { pooling: "max" }],
    ["tiny-bert in int8", fixture("tiny-bert"), { precision: "int8" }],
    ["tiny-bert in int8 by its first token", fixture("tiny-bert"), { precision: "int8", pooling: "cls" }],
    ["dynamic-int8 by its first token", fixture("dynamic-int8"), { pooling: "cls" }],
    ["the built-in encoder", MINI, {}],
    ["the built-in encoder by means", MINI, { pooling: "mean" }],
  ] as const)("are the same bits whatever its nodes are called: %s", async (_, folder, options) => {
    const wanted = await vectorsOf(folder, options);
    for (const rename of [without, (n: NodeProto) => void (n.name = "node"), queries])
      expect(await vectorsOf(await renamed(folder, rename), options)).toEqual(wanted);
  });

  it("are the same bits in int8 of small matrices, whose products take the names of others", async () => {
    const ids = someTexts(6, 12);
    const wanted = await paddedRun(quantizeInt8(fixtureModel("tiny-bert"), { minWeights: 64 }), ids);
    const nameless = fixtureModel("tiny-bert");
    nameless.graph.node.forEach(without);
    expect(await paddedRun(quantizeInt8(nameless, { minWeights: 64 }), ids)).toEqual(wanted);
  });

  it("after a layer are refused where no names tell the layers, saying so", async () => {
    const folder = await renamed(fixture("tiny-bert"), without);
    await expect(loadEncoder(folder, { layer: 1 })).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringContaining("its nodes have no names"),
    });
  });

  it("by the first token stay where another product is called that of the queries", async () => {
    const wanted = await vectorsOf(fixture("tiny-bert"), { pooling: "cls" });
    const [query, key, value] = ["query", "key", "value"];
    for (const one of [key, value]) {
      // The names change places, as the wrong one of two that are called alike would be taken.
      const folder = await renamed(fixture("tiny-bert"), (n) => {
        n.name = n.name.replace(new RegExp(`self/(${query}|${one})/`), (_, found) =>
          found === query ? `self/${one}/` : `self/${query}/`,
        );
      });
      expect(await vectorsOf(folder, { pooling: "cls" })).toEqual(wanted);
    }
  });
});
