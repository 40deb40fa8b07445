import { messageOf } from "../../errors.js";
import { decodeParquet } from "./decode.js";
import { withFile } from "../../files/readBytes.js";
import type { Decoded } from "./read.js";

/** The process of `readParquetVectors`: decodes one file, says what came of it, and ends. */
async function main(path: string, checked: boolean): Promise<void> {
  let decoded: Decoded;
  try {
    decoded = { kind: "table", table: await withFile(path, (file) => decodeParquet(file, { checked })) };
  } catch (error) {
    const tripped = error instanceof TypeError || error instanceof RangeError;
    decoded = { kind: "failure", message: messageOf(error), tripped };
  }
  process.send?.(decoded, () => process.disconnect());
}

await main(process.argv[2], process.argv[3] === "checked");
