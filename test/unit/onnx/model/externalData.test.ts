import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { externalFiles, outsideBytes, weightFiles } from "../../../../src/onnx/model/externalData.js";
import { changed, newModel, node, tensor, type OnnxModel } from "../../../../src/onnx/model/model.js";
import {
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  SparseTensorProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
} from "../../../../src/onnx/model/onnx_pb.js";
import { tempFolder } from "../../files/tempFolder.js";

/** A tensor of two float32 that lies in another file. */
const outside = (location: string, more: Readonly<Record<string, string>> = {}): TensorProto =>
  changed(tensor("w", "float32", [2], Float32Array.of(0, 0)), {
    rawData: new Uint8Array(0),
    dataLocation: 1,
    externalData: Object.entries({ location, ...more }).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
  });

const withWeights = (...weights: TensorProto[]): OnnxModel => {
  const model = newModel(13);
  model.graph.initializer = weights;
  return model;
};

const constantOf = (fields: object) => {
  const constant = node("Constant", { inputs: [], outputs: ["c"] });
  constant.attribute = [create(AttributeProtoSchema, { name: "value", ...fields })];
  return constant;
};

describe("externalFiles()", () => {
  it("is empty for a model in one file, and names each file once, in order", () => {
    expect(externalFiles(newModel(13))).toEqual([]);
    expect(externalFiles(withWeights(outside("b"), outside("a"), outside("b")))).toEqual(["b", "a"]);
  });

  it("looks into constants, lists of tensors, sparse ones, graphs inside nodes and functions", () => {
    const model = newModel(13);
    const inner = create(GraphProtoSchema, { initializer: [outside("../then")] });
    const nested = create(GraphProtoSchema, {
      node: [constantOf({ t: outside("../constant") }), constantOf({ g: inner })],
    });
    const sparse = (name: string, other: string) =>
      create(SparseTensorProtoSchema, { values: outside(name), indices: outside(other) });
    model.graph.node = [
      constantOf({ graphs: [nested] }),
      constantOf({ tensors: [outside("listed")] }),
      constantOf({ sparseTensor: sparse("v1", "i1"), sparseTensors: [sparse("v2", "i2")] }),
    ];
    model.graph.sparseInitializer = [sparse("v3", "i3")];
    const byDefault = create(AttributeProtoSchema, { name: "x", t: outside("default") });
    model.functions = [
      create(FunctionProtoSchema, {
        node: [constantOf({ g: create(GraphProtoSchema, { initializer: [outside("body")] }) })],
      }),
      create(FunctionProtoSchema, { attributeProto: [byDefault] }),
    ];
    const names = ["../constant", "../then", "listed", "v1", "i1", "v2", "i2", "v3", "i3", "body", "default"];
    expect(externalFiles(model)).toEqual(names);
  });
});

describe("weightFiles()", () => {
  const place = async (): Promise<{ folder: string; file: string }> => {
    const folder = await tempFolder();
    await writeFile(join(folder, "weights"), new Uint8Array(16));
    return { folder, file: join(folder, "model.onnx") };
  };
  const refusal = (code: string, says: string): object => ({ code, message: expect.stringContaining(says) });

  it.each([{}, { offset: "8" }, { offset: "8", length: "8" }, { offset: "0", length: "8", checksum: "x" }])(
    "takes weights that lie at %j",
    async (at) => {
      const { folder, file } = await place();
      expect(await weightFiles(withWeights(outside("weights", at)), file)).toEqual([join(folder, "weights")]);
    },
  );

  it.each([
    { offset: "9" },
    { offset: "-8" },
    { offset: "-8", length: "8" },
    { offset: "0x1" },
    { offset: "1e30" },
    { offset: "99999999999999999999" },
    { length: "-1" },
    { length: "9" },
    { length: "4" },
    { offset: "18446744073709551608", length: "8" },
  ])("refuses weights that lie at %j of 16 bytes [B02]", async (at) => {
    const { file } = await place();
    await expect(weightFiles(withWeights(outside("weights", at)), file)).rejects.toMatchObject(
      refusal("E_ENCODER_INVALID", '"w"'),
    );
  });

  it("refuses weights that lie nowhere", async () => {
    const { file } = await place();
    const weights = changed(outside("weights"), { externalData: [] });
    await expect(weightFiles(withWeights(weights), file)).rejects.toMatchObject(
      refusal("E_ENCODER_INVALID", "does not say where"),
    );
  });

  it.each([
    "",
    ".",
    "..",
    "../weights",
    "/etc/passwd",
    "a\\b",
    "sub/weights",
    "weights\0",
    "*/_ORT_MEM_ADDR_/*",
    "\ufffd",
  ])("refuses the name %j [B01, R18, R21]", async (name) => {
    const { folder, file } = await place();
    await mkdir(join(folder, "sub"));
    await writeFile(join(folder, "sub/weights"), new Uint8Array(16));
    const model = newModel(13);
    model.functions = [create(FunctionProtoSchema, { node: [constantOf({ t: outside(name) })] })];
    await expect(weightFiles(model, file)).rejects.toMatchObject(refusal("E_ENCODER_INVALID", "is refused"));
  });

  it.skipIf(process.platform === "win32")(
    "refuses folders, pipes, devices and links to them, but no link to a file [B01]",
    async () => {
      const { folder, file } = await place();
      await mkdir(join(folder, "folder"));
      execFileSync("mkfifo", [join(folder, "pipe")]);
      await symlink("pipe", join(folder, "to-pipe"));
      await symlink("/dev/zero", join(folder, "to-device"));
      await symlink("nowhere", join(folder, "to-nowhere"));
      await symlink("weights", join(folder, "to-file"));
      for (const name of ["folder", "pipe", "to-pipe", "to-device", "to-nowhere", "absent"]) {
        await expect(weightFiles(withWeights(outside(name)), file)).rejects.toMatchObject(
          refusal("E_ENCODER_MISSING", name),
        );
      }
      expect(await weightFiles(withWeights(outside("to-file")), file)).toEqual([join(folder, "to-file")]);
    },
  );

  it("outsideBytes() gives a tensor's bytes, or nothing where there are too few", async () => {
    const { folder, file } = await place();
    await writeFile(
      join(folder, "weights"),
      Uint8Array.from({ length: 16 }, (_, i) => i),
    );
    expect(outsideBytes(outside("weights", { offset: "4" }), file)).toEqual(Uint8Array.of(4, 5, 6, 7, 8, 9, 10, 11));
    expect(outsideBytes(outside("weights", { offset: "12" }), file)).toBeUndefined();
  });
});
