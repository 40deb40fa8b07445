import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { crc32c, openEventFile } from "../../../../src/report/tensorboard/eventFile.js";
import { hasPython, python } from "../../vectors/python.js";
import { tempFolder } from "../../files/tempFolder.js";

const BEGAN = 1_700_000_000_250;
const VALUES = [0.5, -1.25, 3e30, 0];

async function written(): Promise<string> {
  const folder = join(await tempFolder(), "runs", "first");
  const file = await openEventFile(folder, { milliseconds: BEGAN });
  VALUES.forEach((value, i) => file.scalar("loss/träin", value, { step: i * 300, milliseconds: BEGAN + i * 1000 }));
  await file.close();
  return folder;
}

describe("crc32c", () => {
  it("is the published value of the published bytes", () => {
    expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });
});

describe("openEventFile", () => {
  it("writes a version, then each value, framed by length and masked checksums, byte by byte", async () => {
    const folder = await written();
    const [name] = await readdir(folder);
    expect(name).toMatch(/^events\.out\.tfevents\.1700000000\./);
    const bytes = await readFile(join(folder, name));
    const unmasked = (crc: number): number => {
      const rotated = (crc - 0xa282ead8) >>> 0;
      return ((rotated << 15) | (rotated >>> 17)) >>> 0;
    };
    const events: Buffer[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = Number(bytes.readBigUInt64LE(at));
      expect(unmasked(bytes.readUInt32LE(at + 8))).toBe(crc32c(bytes.subarray(at, at + 8)));
      const event = bytes.subarray(at + 12, at + 12 + length);
      expect(unmasked(bytes.readUInt32LE(at + 12 + length))).toBe(crc32c(event));
      events.push(event);
      at += length + 16;
    }
    expect(events).toHaveLength(1 + VALUES.length);
    const time = Buffer.alloc(8);
    time.writeDoubleLE(1_700_000_000.25);
    expect(events[0].toString("hex")).toBe(
      `09${time.toString("hex")}1a0d${Buffer.from("brain.Event:2").toString("hex")}`,
    );
    // Step 300 is the varint ac 02; the tag has 11 bytes in UTF-8; 1.25 below zero is a00bf in float32.
    time.writeDoubleLE(1_700_000_001.25);
    const tag = Buffer.from("loss/träin").toString("hex");
    expect(events[2].toString("hex")).toBe(`09${time.toString("hex")}10ac022a140a120a0b${tag}150000a0bf`);
  });

  it("holds a value beyond float32 as infinite", async () => {
    const file = await openEventFile(await tempFolder(), { milliseconds: BEGAN });
    file.scalar("loss", 1e300, { step: 1, milliseconds: BEGAN });
    await file.close();
    const bytes = await readFile(file.path);
    expect(bytes.readFloatLE(bytes.length - 8)).toBe(Infinity);
  });

  it("puts two runs beside each other, and says where it cannot write", async () => {
    const folder = join(await tempFolder(), "runs");
    for (const milliseconds of [BEGAN, BEGAN + 1]) await (await openEventFile(folder, { milliseconds })).close();
    expect(await readdir(folder)).toHaveLength(2);
    await expect(openEventFile(folder, { milliseconds: BEGAN })).rejects.toMatchObject({ code: "E_OUTPUT_WRITE" });
  });

  it.skipIf(!hasPython("tensorboard"))("is read back by TensorBoard's own reader", async () => {
    const program = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1]); events.Reload()
print(json.dumps({tag: [[e.wall_time, e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))
`;
    const wanted = VALUES.map((value, i) => [BEGAN / 1000 + i, i * 300, Math.fround(value)]);
    expect(python(program, await written())).toEqual({ "loss/träin": wanted });
  });
});
