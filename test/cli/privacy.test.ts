import { spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import {
  csv,
  fixture,
  labelledRows,
  MAIN,
  ROOT,
  sandbox,
  sharedSandbox,
  startProcess,
  TINY,
  type Sandbox,
} from "./runCli.js";

/** Model with which the runtime itself is asked. */
const MODEL = `${fixture("tiny-bert")}/onnx/model.onnx`;

const COMMANDS: readonly (readonly string[])[] = [
  ["train", "in.csv", "-o", "head", "--force", "--encoder", TINY],
  ["embed", "in.csv", "-o", "out.parquet", "--force", "--encoder", TINY],
  ["evaluate", "head", "in.csv"],
  ["predict", "head", "a text"],
  ["transfer", "--source", "in.csv", "--target", "other.csv", "-o", "moved", "--force", "--encoder", TINY],
  ["encoders"],
  ["doctor", "--encoder", TINY],
];

/** Everything in a folder, in sub-folders too. */
const contentOf = (folder: string): Promise<string[]> => readdir(folder, { recursive: true });

const straceWorks = spawnSync("strace", ["-f", "-e", "trace=connect", process.execPath, "--version"]).status === 0;

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("in.csv", csv(["text", "label"], labelledRows(40)));
  await box.write("other.csv", csv(["text", "label"], labelledRows(80).slice(40)));
});

describe("without CI, with an empty home", () => {
  it("has an environment in which telemetry would be on", () => {
    for (const name of ["CI", "ORT_DISABLE_TELEMETRY"]) expect(Object.keys(box.env)).not.toContain(name);
  });

  it.each(COMMANDS)("headstart %s leaves the home empty [G01, R17]", async (...args) => {
    expect((await box.run(args)).code).toBe(0);
    expect(await contentOf(box.home)).toEqual([]);
  });

  it("the library leaves the home empty [G01, R17]", async () => {
    const program = `
      import { embedTexts, loadEncoder } from ${JSON.stringify(new URL("../../dist/api/encoders.js", import.meta.url).href)};
      const encoder = await loadEncoder(${JSON.stringify(TINY)});
      console.log((await embedTexts(encoder, ["a text"])).vectors.cols);
      await encoder.close();`;
    const args = ["--input-type=module", "-e", program];
    const finished = await startProcess(args, { cwd: box.folder, env: box.env, input: "" }).finished;
    expect([finished.code, finished.stdout]).toEqual([0, "32\n"]);
    expect(await contentOf(box.home)).toEqual([]);
  });

  // Where this finds nothing, the tests above would find nothing either, whatever the commands did.
  it.runIf(["linux", "darwin"].includes(process.platform))(
    "the runtime alone does not leave the home empty [G02, R17]",
    async () => {
      const { env, home } = await sandbox();
      const program = `
      import { InferenceSession } from "onnxruntime-node";
      await (await InferenceSession.create(${JSON.stringify(MODEL)})).release();`;
      const args = ["--input-type=module", "-e", program];
      expect((await startProcess(args, { cwd: ROOT, env, input: "" }).finished).code).toBe(0);
      expect(await contentOf(home)).not.toEqual([]);
    },
  );
});

/** Addresses that a run connected to, other than sockets of this machine. */
async function connections(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string[]> {
  const trace = box.path("trace.txt");
  const all = ["-f", "-e", "trace=connect", "-o", trace, process.execPath, ...args];
  const { code } = await startProcess(all, { program: "strace", cwd: box.folder, env, input: "" }).finished;
  expect(code).toBeLessThan(128);
  const calls = (await readFile(trace, "utf8")).split("\n").filter((line) => line.includes("connect("));
  return calls.filter((line) => !/AF_UNIX|inet_addr\("127\.|"::1"/.test(line));
}

describe.skipIf(!straceWorks)("without CI, watched for connections", () => {
  it.each(COMMANDS)("headstart %s makes none [G01]", async (...args) => {
    expect(await connections([MAIN, ...args], box.env)).toEqual([]);
  });

  it("an encoder of the hub with --offline makes none either [G05]", async () => {
    const args = ["embed", "in.csv", "-o", "no.npy", "--encoder", "Xenova/bge-small-en-v1.5", "--offline"];
    expect(await connections([MAIN, ...args], { ...box.env, HF_ENDPOINT: "http://192.0.2.1" })).toEqual([]);
  });

  it("one without --offline does, so the watch works [G02]", async () => {
    const program = `
      import { connect } from "node:net";
      const socket = connect(9, "192.0.2.1");
      socket.on("error", () => {});
      setTimeout(() => process.exit(0), 200);`;
    const found = await connections(["--input-type=module", "-e", program], box.env);
    expect(found.join("\n")).toContain("192.0.2.1");
  });
});
