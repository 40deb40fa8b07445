import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TableRows } from "../../../../src/onnx/runtime/tableRows.js";
import { tempFolder } from "../../files/tempFolder.js";

/** A table whose numbers are all different, behind `offset` other bytes. */
async function tableOf(rows: number, width: number, offset = 3): Promise<TableRows & { readonly file: string }> {
  const file = join(await tempFolder(), "table");
  const numbers = Float32Array.from({ length: rows * width }, (_, i) => i);
  await writeFile(file, Buffer.concat([Buffer.alloc(offset), Buffer.from(numbers.buffer)]));
  return Object.assign(new TableRows({ file, offset, rows, width }), { file });
}

const rowsOf = (table: TableRows, ...ids: number[]): number[] => {
  const found = new Float32Array(ids.length * table.width);
  table.copyRows(BigInt64Array.from(ids, BigInt), found);
  return [...found];
};
const row = (id: number, width: number): number[] => Array.from({ length: width }, (_, i) => id * width + i);

describe("TableRows", () => {
  it("gives rows in the order asked for, again and again", async () => {
    const table = await tableOf(7, 5);
    for (let time = 0; time < 2; time++)
      expect(rowsOf(table, 6, 0, 6, 3)).toEqual([6, 0, 6, 3].flatMap((id) => row(id, 5)));
    expect(rowsOf(table)).toEqual([]);
    table.close();
  });

  it("gives those that do not fit into what it keeps, too", async () => {
    const [rows, width] = [600, 2 ** 13]; // 19 MB, of which 8 are kept
    const table = await tableOf(rows, width);
    for (let time = 0; time < 2; time++)
      for (let id = 0; id < rows; id += 37) {
        const found = rowsOf(table, id, rows - 1 - id);
        expect([found[0], found.at(-1)]).toEqual([id * width, (rows - id) * width - 1]);
      }
    for (let id = 0; id < rows; id++) expect(rowsOf(table, id)[7]).toBe(id * width + 7);
    table.close();
  });

  it.each([-1, 7, 2 ** 40])("refuses the row %i of seven", async (id) => {
    const table = await tableOf(7, 5);
    expect(() => rowsOf(table, 2, id)).toThrow(`vectors of 7 tokens, so none of the token ${id}`);
    expect(rowsOf(table, 2)).toEqual(row(2, 5));
    table.close();
  });

  it("says so when the file is cut short, and gives what it has kept", async () => {
    const table = await tableOf(7, 5);
    rowsOf(table, 1);
    await truncate(table.file, 3 + 4 * 5 * 2);
    expect(rowsOf(table, 1)).toEqual(row(1, 5));
    expect(() => rowsOf(table, 6)).toThrow("has become shorter");
    table.close();
  });

  it("names a file that is not there", () => {
    expect(() => new TableRows({ file: "/nowhere/model.onnx", offset: 0, rows: 1, width: 1 })).toThrow(
      "Cannot read /nowhere/model.onnx",
    );
  });
});
