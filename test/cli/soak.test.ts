import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../src/math/random.js";
import { COMMANDS, prepare } from "../../scripts/soak/commands.mjs";
import { startHub } from "../../scripts/soak/hub.mjs";
import { killCommand } from "../../scripts/soak/kills.mjs";
import { mutateReader } from "../../scripts/soak/mutants.mjs";
import { tryFullDisk, tryHub, trySignals, tryTogether } from "../../scripts/soak/others.mjs";
import { makeWorld, removeWorld, type World } from "../../scripts/soak/play.mjs";
import { READERS } from "../../scripts/soak/readers.mjs";
import { ROOT, startProcess } from "./runCli.js";

/*
 * A short part of `npm run soak`, the same each time. To look for more, run that with another seed.
 */
const SEED = 3;
const MUTANTS = 24;
/** A run that goes on so long after a signal, however busy the machine, has not heard it. */
const HANGS_MS = 40_000;

let world: World;
let hub: Awaited<ReturnType<typeof startHub>>;
beforeAll(async () => {
  hub = await startHub(ROOT);
  world = await makeWorld({ HF_ENDPOINT: hub.url });
  await prepare(world);
});
afterAll(async () => {
  hub.close();
  await removeWorld(world);
});

// Signals and limits as a shell sets them.
describe.skipIf(process.platform === "win32")("a killed command", () => {
  it.each(["embed .npy", "embed from the hub", "train", "predict .csv", "distill"])(
    "%s leaves what was there, and ends as if it had not been killed when it is given again",
    async (name) => {
      const command = COMMANDS.find((one) => one.name === name)!;
      const killed = await killCommand(world, command, { kills: 2, random: seeded(SEED) });
      expect(killed.faults).toEqual([]);
      expect(killed.kills).toBeGreaterThanOrEqual(2);
    },
    120_000,
  );
});

describe.skipIf(process.platform === "win32")("a command", () => {
  it("comes through a hub that misbehaves with 0, 4, 5 or 6, and nothing half under a final name", async () => {
    expect((await tryHub(world, { tries: 2, random: seeded(SEED), hub })).faults).toEqual([]);
  });

  it("ends with 5 on a full disk, and works once there is room", async () => {
    expect((await tryFullDisk(world, { tries: 2, random: seeded(SEED) })).faults).toEqual([]);
  });

  it("ends after a signal, wherever it is", async () => {
    expect((await trySignals(world, { tries: 3, random: seeded(SEED), stopMs: HANGS_MS })).faults).toEqual([]);
  });

  it("that runs four times at once is done once", async () => {
    expect((await tryTogether(world, { tries: 1, random: seeded(SEED) })).faults).toEqual([]);
  });
});

describe("npm run soak", () => {
  it("tells what it tried, and goes on where it was stopped", async () => {
    const state = join(world.folder, "soak-state");
    const flags = ["--kills", "0", "--others", "0", "--only", "mutants: npy", "--state", state];
    const soak = () =>
      startProcess(["scripts/soak/run.mjs", ...flags], { cwd: ROOT, env: world.env, input: "" }).finished;
    const [first, second] = [await soak(), await soak()];
    expect([first.stderr, first.code]).toEqual(["", 0]);
    expect(first.stdout).toMatch(/^mutants: npy: .*E_VECTORS_INVALID \d+.*MB at most$/m);
    expect(first.stdout).toMatch(/^mutants: \d+ tried, 0 faults$/m);
    expect(second.stdout).toMatch(/^mutants: npy: .* \(before\)$/m);
  });
});

describe("a damaged input", () => {
  it.each(Object.keys(READERS))("of %s is read or refused, in time and memory that it is worth", async (reader) => {
    const mutants = Math.max(3, Math.round(MUTANTS * (READERS[reader].share ?? 1)));
    const found = await mutateReader(reader, { mutants, seed: SEED, world: world.folder });
    expect(found.faults).toEqual([]);
    expect(Object.values(found.outcomes).reduce((sum, n) => sum + n, 0)).toBe(mutants);
  });
});
