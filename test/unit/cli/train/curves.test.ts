import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../../../src/cli/context.js";
import { openCurves, type Curves } from "../../../../src/cli/train/curves.js";

let folder: string;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "headstart-curves-"));
  said = [];
});
afterEach(() => rm(folder, { recursive: true }));

function open(output: string): Promise<Curves> {
  const info = (line: string): void => void said.push(line);
  const reporter = { info, detail: info, warn: (line: string) => info(`warning: ${line}`) };
  const context = { reporter, now: () => "2026-01-01T00:00:00Z" } as Partial<Context> as Context;
  return openCurves(context, { output, files: ["tweets.csv"], most: 30 });
}

const epoch = (n: number, devLoss: number) => ({ epoch: n, loss: 1 / n, devLoss, rate: 0.001 });

describe("openCurves()", () => {
  it("shows an MLP's losses on a page beside the head, and the finished page in its place", async () => {
    const output = join(folder, "head");
    const page = (): Promise<string> => readFile(`${output}.training.html`, "utf8");
    const curves = await open(`${output}/`);
    curves.epoch(epoch(1, 0.9));
    await curves.close();
    expect(await page()).toContain("Epoch 1 of at most 30, from <bdi>tweets.csv</bdi>");
    curves.epoch(epoch(2, 0.8));
    await curves.close();
    expect(await page()).toContain("The head is that of epoch 2 of 2");
    await curves.finish("the end");
    expect(await page()).toBe("the end");
    expect(said.filter((line) => line.startsWith("losses go to "))).toEqual([
      `losses go to ${output}.training.html as well`,
    ]);
  });

  it("writes no page for a training without epochs", async () => {
    const output = join(folder, "head");
    const curves = await open(output);
    await curves.finish("the end");
    await curves.close();
    await expect(readFile(`${output}.training.html`)).rejects.toThrow("ENOENT");
  });

  it("warns once, and goes on, where the page cannot be written", async () => {
    const output = join(folder, "head");
    await mkdir(`${output}.training.html`);
    const curves = await open(output);
    for (const n of [1, 2]) {
      curves.epoch(epoch(n, 1));
      await curves.close();
    }
    await curves.finish("the end");
    expect(said.filter((line) => line.startsWith("warning: the losses cannot be shown as they go"))).toHaveLength(1);
    expect(said.at(-1)).toMatch(/^epoch 2: loss 0.5000, held out 1.0000/);
  });
});
