import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { matrix } from "../../../src/math/matrix.js";
import { readVectors } from "../../../src/vectors/reader.js";
import { openVectorWriter, type VectorWriter } from "../../../src/vectors/writer.js";
import { sampleVectors } from "./sample.js";
import { tempFolder } from "../files/tempFolder.js";

describe("openVectorWriter()", () => {
  it("lists the four endings for any other", async () => {
    for (const name of ["v.csv", "v", "parquet", "v.parquet.gz"]) {
      await expect(openVectorWriter(name, { width: 1, columns: [] })).rejects.toMatchObject({
        code: "E_OUTPUT_ENDING",
        message: expect.stringContaining(".parquet, .arrow, .npy or .jsonl"),
      });
    }
  });

  it("refuses columns whose names are taken", async () => {
    const path = join(await tempFolder(), "v.parquet");
    const open = (columns: string[], store: "fp32" | "int8" = "fp32"): Promise<VectorWriter> =>
      openVectorWriter(path, { width: 1, columns, store });
    for (const [columns, store] of [
      [["vector"], "fp32"],
      [["scale"], "int8"],
      [["a", "a"], "fp32"],
    ] as const) {
      await expect(open([...columns], store)).rejects.toMatchObject({
        code: "E_COLUMN_AMBIGUOUS",
        place: { column: columns[0] },
      });
    }
    await (await open(["scale", "Vector"])).abort();
  });

  it("refuses shapes that do not fit", async () => {
    const writer = await openVectorWriter(join(await tempFolder(), "v.npy"), { width: 2, columns: ["a"] });
    await expect(writer.write(sampleVectors(1, 3), [["x"]])).rejects.toThrow(RangeError);
    await expect(writer.write(sampleVectors(1, 2), [])).rejects.toThrow(RangeError);
    await expect(writer.write(sampleVectors(1, 2), [["x", "y"]])).rejects.toThrow(RangeError);
    await writer.abort();
    await expect(openVectorWriter("v.npy", { width: 0, columns: [] })).rejects.toThrow(RangeError);
  });

  it("takes input values, not the caller's memory", async () => {
    const path = join(await tempFolder(), "v.arrow");
    const writer = await openVectorWriter(path, { width: 2, columns: [] });
    const data = Float32Array.of(1, 2);
    await writer.write(matrix(1, 2, data), [[]]);
    data.fill(9);
    await writer.commit();
    expect([...(await readVectors(path)).vectors.data]).toEqual([1, 2]);
  });
});
