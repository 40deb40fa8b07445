// @ts-check
/**
 * One run of the main job over a stub encoder: memoryRun.mjs <corpus.csv> <output>
 *
 * All is real but the encoder, whose vectors are cheap numbers of 32 dimensions: what is left is what rows themselves
 * take on their way from the file to the file, with the shards of a run that can go on.
 */

import { openCorpus } from "../../dist/corpus/corpus.js";
import { embedCorpus } from "../../dist/embedding/embedCorpus.js";
import { thisProcess } from "../../dist/files/lock.js";
import { claimOutput } from "../../dist/store/resume/run.js";
import { openVectorWriter, outputFiles } from "../../dist/vectors/writer.js";
import { stubEncoder } from "./stubEncoder.mjs";

const [file, output] = process.argv.slice(2);
const encoder = stubEncoder(32);
const corpus = await openCorpus([file], {});
const run = await claimOutput(output, { owner: thisProcess(new Date().toISOString()), outputs: outputFiles(output) });
await run.begin({ "the corpus": file });
const { columns } = corpus;
const writer = await openVectorWriter(output, { width: encoder.width, columns, workFolder: run.folder, claimed: true });
const began = performance.now();
const { texts } = await embedCorpus(encoder, corpus.rows(), { writer, run });
await writer.commit();
await run.finish();
const seconds = (performance.now() - began) / 1000;
console.log(
  JSON.stringify({ rows: texts, textsPerSecond: texts / seconds, peakMB: process.resourceUsage().maxRSS / 1024 }),
);
