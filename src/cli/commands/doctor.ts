import os from "node:os";
import { vectorsOf } from "../../embedding/cachedEmbed.js";
import type { Encoder } from "../../encoder/encoder.js";
import { loadEncoder } from "../../encoder/load.js";
import { BUILT_IN_ENCODER } from "../../encoder/locate.js";
import { HeadstartError } from "../../errors.js";
import { cosine, row } from "../../math/matrix.js";
import { VERSION } from "../../version.js";
import { openTexts, type AddCommand, type Context } from "../context.js";
import { bench, type Bench } from "../../embedding/benchmark.js";
import { forecastCorpus, type CorpusForecast } from "../../embedding/forecast.js";
import { withCommonFlags } from "../flags/commonFlags.js";
import { flag, withExamples } from "../flags/flag.js";
import { encoderOptions, type CorpusFlags, type EncoderFlags, type GlobalFlags } from "../flags/options.js";
import { collectRejectedRows } from "../rejectedRows.js";
import { sizeText } from "../flags/bytes.js";
import { shortDuration } from "../progress.js";
import { sweepSamples } from "../../vectors/outputSize.js";
import type { StoreKind } from "../../vectors/storedVectors.js";

const EXAMPLES = ["doctor", "doctor --encoder ./my-encoder --json", "doctor --bench tweets.csv --text-column message"];

type DoctorFlags = GlobalFlags &
  EncoderFlags &
  CorpusFlags & { readonly bench?: boolean | undefined; readonly store: StoreKind };

/** Short texts such as users bring, to see how fast they go through. */
const SAMPLE = Array.from(
  { length: 256 },
  (_, i) =>
    [
      `the train was ${i} minutes late again and nobody said why`,
      `loved the new season, episode ${i} made me cry 😭`,
      `room ${i} was clean, the staff friendly, breakfast could be better`,
      `Congratulations! ticket ${i} has won, call now`,
    ][i % 4],
);

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
}

export const addDoctor: AddCommand = (program, context) => {
  const command = program
    .command("doctor")
    .description("check what this machine has, and how fast it is")
    .argument("[corpus...]", "with --bench: files to forecast the embedding of")
    .addOption(flag("output", "--bench", "measure the encoder, and forecast the embedding of a corpus"));
  withCommonFlags(command);
  withExamples(command, EXAMPLES).action((files: string[], flags: DoctorFlags) =>
    doctorCommand(context(), files, flags),
  );
};

async function doctorCommand(context: Context, files: readonly string[], flags: DoctorFlags): Promise<void> {
  if (files.length > 0 && flags.bench !== true)
    throw new HeadstartError("E_USAGE", "headstart doctor reads a corpus only to forecast it. Add --bench");
  await sweepSamples();
  const name = flags.encoder ?? BUILT_IN_ENCODER;
  const checks: Check[] = [
    { name: "node", ok: Number(process.versions.node.split(".")[0]) >= 20, found: process.version },
    {
      name: "machine",
      ok: true,
      found: `${os.platform()} ${os.arch()}, ${os.availableParallelism()} cores, ${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`,
    },
  ];
  const began = context.clock();
  const encoder = await loadEncoder(name, encoderOptions(flags));
  const loadSeconds = (context.clock() - began) / 1000;
  try {
    checks.push({
      name: "encoder",
      ok: true,
      found: `${encoder.name}, ${encoder.width} wide, ${encoder.decisions.join("; ")}`,
    });
    checks.push(await sameAlone(encoder));
    const rate = await speed(context, encoder);
    checks.push({ name: "speed", ok: true, found: `${Math.round(rate)} short texts a second` });
    checks.push(await sameElsewhere(encoder));
    const ok = checks.every((check) => check.ok);
    const measured = flags.bench === true ? await measure(context, files, { flags, encoder, loadSeconds }) : {};
    if (flags.json) await context.printJson({ headstart: VERSION, ok, textsPerSecond: rate, checks, ...measured });
    else
      await context.print([
        `headstart ${VERSION}`,
        ...checks.map((c) => `${c.ok ? "ok  " : "FAIL"} ${c.name}: ${c.found}`),
        ...measuredLines(measured),
      ]);
    if (!ok)
      throw new HeadstartError(
        "E_ENCODER_INVALID",
        "A check failed; see above. Install headstart again, or try another encoder",
      );
  } finally {
    await encoder.close();
  }
}

interface Measured {
  readonly bench?: Bench | undefined;
  readonly forecast?: CorpusForecast | undefined;
}

async function measure(
  context: Context,
  files: readonly string[],
  { flags, encoder, loadSeconds }: { flags: DoctorFlags; encoder: Encoder; loadSeconds: number },
): Promise<Measured> {
  const measured = await bench(context, encoder, loadSeconds);
  if (files.length === 0) return { bench: measured };
  const batchTokens = flags.batchTokens ?? measured.batchTokens;
  const corpus = await openTexts(context, files, flags, collectRejectedRows(undefined));
  const { store, seed } = flags;
  return { bench: measured, forecast: await forecastCorpus(context, corpus, { encoder, batchTokens, store, seed }) };
}

function measuredLines({ bench: found, forecast }: Measured): readonly string[] {
  const count = (n: number): string => Math.round(n).toLocaleString("en");
  const lines: string[] = [];
  if (found !== undefined) {
    lines.push(`loading: ${found.loadSeconds.toFixed(1)} s`);
    for (const { tokens, textsPerSecond, tokensPerSecond } of found.lengths)
      lines.push(
        `texts of ${count(tokens)} tokens: ${count(textsPerSecond)} a second, ${count(tokensPerSecond)} tokens`,
      );
    for (const { batchTokens, tokensPerSecond } of found.budgets)
      lines.push(`--batch-tokens ${batchTokens}: ${count(tokensPerSecond)} tokens a second`);
    lines.push(`fastest: --batch-tokens ${found.batchTokens}; memory so far ${sizeText(found.peakBytes)}`);
  }
  if (forecast !== undefined) {
    const { rows, rejected, sampled, tokens, seconds, peakBytes, disk } = forecast;
    lines.push(`forecast, from ${count(sampled)} of ${count(rows)} rows (${count(rejected)} rejected):`);
    lines.push(`  ${count(tokens)} tokens, ${shortDuration(seconds)}, ${sizeText(peakBytes)} of memory`);
    lines.push(
      `  ${Object.entries(disk)
        .map(([format, bytes]) => `${format} ${sizeText(bytes)}`)
        .join(", ")}`,
    );
  }
  return lines;
}

async function speed({ clock }: Context, encoder: Encoder): Promise<number> {
  await vectorsOf(encoder, SAMPLE.slice(0, 32));
  const began = clock();
  await vectorsOf(encoder, SAMPLE);
  return (SAMPLE.length * 1000) / (clock() - began);
}

async function sameAlone(encoder: Encoder): Promise<Check> {
  const together = (await vectorsOf(encoder, SAMPLE.slice(0, 16))).vectors;
  for (let i = 0; i < 16; i++) {
    const alone = (await vectorsOf(encoder, [SAMPLE[i]])).vectors.data;
    if (!alone.every((value, d) => Object.is(value, together.data[i * encoder.width + d]))) {
      return { name: "same vector alone and in a batch", ok: false, found: `text ${i + 1} differs` };
    }
  }
  return { name: "same vector alone and in a batch", ok: true, found: "16 of 16 texts, bit for bit" };
}

/** The same model through transformers.js, an implementation of its own, where the pooling is one that it offers. */
async function sameElsewhere(encoder: Encoder): Promise<Check> {
  const name = "agrees with transformers.js";
  if (encoder.isStatic) return { name, ok: true, found: "not compared: it knows no static encoders" };
  if (encoder.pooling === "max" || encoder.pooling === "model" || encoder.prompt !== "")
    return { name, ok: true, found: "not compared: it offers no such pooling or prompt" };
  const extract = await extractorOf(encoder.path).catch(() => undefined);
  if (extract === undefined) return { name, ok: true, found: "not compared: it does not load this folder" };
  let least = 1;
  const texts = SAMPLE.slice(0, 4);
  const { vectors } = await vectorsOf(encoder, texts);
  for (const [i, text] of texts.entries()) {
    const other = await extract(text, { pooling: encoder.pooling, normalize: encoder.normalize });
    least = Math.min(least, cosine(row(vectors, i), other.data as Float32Array));
  }
  await extract.dispose();
  return { name, ok: least > 0.999, found: `cosine ${least.toFixed(6)} at least, ${texts.length} texts` };
}

async function extractorOf(folder: string) {
  const { env, pipeline } = await import("@xenova/transformers");
  env.allowRemoteModels = false;
  env.localModelPath = "";
  return pipeline("feature-extraction", folder, { dtype: "fp32" });
}
