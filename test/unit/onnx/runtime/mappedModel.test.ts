import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encoderPorts } from "../../../../src/onnx/model/encoderGraph.js";
import { mapWeights, type ModelSource } from "../../../../src/onnx/runtime/mappedModel.js";
import { releaseBytes } from "../../../../src/onnx/runtime/releaseBytes.js";
import { copyModel, readModel, tensor, writeModel } from "../../../../src/onnx/model/model.js";
import { openSession } from "../../../../src/onnx/runtime/session.js";
import { fixture } from "../../encoder/tinyBert.js";
import { tempFolder } from "../../files/tempFolder.js";
import { hiddenOf } from "../tokenRuns.js";

const FILE = join(fixture("tiny-bert"), "onnx/model.onnx");
const TEXTS = [
  [2, 7, 9, 3],
  [2, 5, 3],
];

async function statesOf(source: ModelSource): Promise<unknown> {
  const session = await openSession(source);
  const states = await hiddenOf(session, encoderPorts(readModel(await readFile(FILE), FILE), FILE), TEXTS);
  await session.close();
  return states;
}

describe("mapWeights()", () => {
  it("gives a small model that computes the same, bit for bit, from a link too [B11, R19]", async () => {
    const bytes = new Uint8Array(await readFile(FILE));
    const folder = join(await tempFolder(), "snapshot");
    await mkdir(folder);
    const link = join(folder, "linked.onnx");
    await symlink(FILE, link);
    for (const file of [FILE, link]) {
      const mapped = await mapWeights(readModel(bytes, file), { bytes, file });
      expect(mapped.bytes.length).toBeLessThan(bytes.length / 3);
      expect(await statesOf(mapped)).toEqual(await statesOf(FILE));
    }
  });

  it("keeps in the model what has been changed, and leaves the model that it was given as it was", async () => {
    const bytes = new Uint8Array(await readFile(FILE));
    const model = copyModel(readModel(bytes, FILE));
    const at = model.graph.initializer.findIndex(({ rawData }) => rawData.length > 2048);
    const old = model.graph.initializer[at];
    const zeros = tensor(old.name, "float32", old.dims.map(Number), new Float32Array(old.rawData.length / 4));
    model.graph.initializer = model.graph.initializer.map((one, i) => (i === at ? zeros : one));
    const whole = writeModel(model);
    const states = await statesOf(await mapWeights(model, { bytes, file: FILE }));
    expect(writeModel(model)).toEqual(whole);
    expect(states).toEqual(await statesOf(whole));
    expect(states).not.toEqual(await statesOf(FILE));
  });
});

describe("releaseBytes()", () => {
  it("leaves nothing in them", () => {
    const bytes = new Uint8Array(4096);
    releaseBytes([bytes]);
    expect(bytes.length).toBe(0);
  });
});
