import type { Corpus } from "../corpus/corpus.js";
import type { Encoder } from "../encoder/encoder.js";
import { HeadstartError } from "../errors.js";
import { RUNTIME_VERSION } from "../onnx/session.js";
import { changedInput, identifyInputs, type InputIdentity } from "../store/inputIdentity.js";
import { thisProcess } from "../store/runLock.js";
import type { RunFields } from "../store/runManifest.js";
import { claimOutput, type VectorRun } from "../store/vectorRun.js";
import { outputFiles } from "../store/vectorWriter.js";
import { VERSION } from "../version.js";
import type { Context } from "./context.js";
import type { EmbedOutputFlags } from "./embedOutput.js";
import type { CorpusFlags, EncoderFlags, GlobalFlags } from "./options.js";

interface RunFlags extends GlobalFlags, CorpusFlags, EncoderFlags, EmbedOutputFlags {
  readonly repair?: boolean;
}

/** What a run reads and embeds with. */
interface RunInputs {
  readonly files: readonly string[];
  readonly corpus: Corpus;
  readonly encoder: Encoder;
}

/** A run to a file: what it keeps, and what is said about that. */
export interface EmbedRun {
  readonly kept: VectorRun;
  /** Goes on where an earlier run stopped, and says so. @throws HeadstartError E_RESUME_MISMATCH */
  readonly begin: (inputs: RunInputs) => Promise<void>;
  /** @throws HeadstartError E_RESUME_MISMATCH for a file that changed while it was read */
  readonly checkInputs: () => Promise<void>;
  /** Removes what was kept. */
  readonly finish: () => Promise<void>;
  /** Keeps what a run that goes on can use, says so, and gives the output free. */
  readonly stop: (error: unknown) => Promise<void>;
}

/** Claims a file for this run before any long work. @throws HeadstartError E_LOCKED, E_OUTPUT_EXISTS, E_OUTPUT_WRITE */
export async function claimRun({ talk, now, signal }: Context, output: string, flags: RunFlags): Promise<EmbedRun> {
  const { force, repair } = flags;
  const kept = await claimOutput(output, {
    owner: thisProcess(now()),
    outputs: outputFiles(output),
    ...(force === undefined ? {} : { force }),
    ...(repair === undefined ? {} : { repair }),
  });
  let inputs: readonly InputIdentity[] | undefined;
  let begun = false;
  let useless = false;
  return {
    kept,
    async begin(given) {
      inputs = await identifyInputs(given.files);
      await kept.begin(inputs && runFields({ ...given, inputs, flags }));
      begun = true;
      if (kept.rows > 0) talk.say(`going on with ${kept.folder}: ${rowsText(kept.rows)} embedded already`);
    },
    async checkInputs() {
      const changed = await changedInput(inputs ?? []);
      useless = changed !== undefined;
      if (changed !== undefined) throw changedError(changed);
    },
    finish: () => kept.finish(),
    async stop(error) {
      const aborted = signal.aborted;
      if (begun && !aborted && (useless || isInputError(error))) return kept.finish();
      const { rows } = kept;
      await kept.leave();
      if (rows > 0 && begun) talk.say(`${rowsText(rows)} kept in ${kept.folder}; the same command goes on from there`);
      else if (aborted && begun && inputs === undefined)
        talk.say("nothing is kept, as a pipe cannot be read again; --cache would keep vectors");
    },
  };
}

const rowsText = (rows: number): string => (rows === 1 ? "1 row is" : `${rows.toLocaleString("en")} rows are`);

/** What is wrong with the input stays so until it is changed, and then nothing that is kept fits it. */
const isInputError = (error: unknown): boolean => error instanceof HeadstartError && error.exitCode === 3;

interface FieldSources extends RunInputs {
  readonly inputs: readonly InputIdentity[];
  readonly flags: RunFlags;
}

/** All that the bytes of the output depend on, by the names that messages use; the most telling first. */
function runFields({ inputs, corpus, encoder, flags }: FieldSources): RunFields {
  const flag = (value: string | number | boolean | undefined): string =>
    value === undefined ? "not given" : JSON.stringify(value);
  return {
    "the corpus": inputs.map(({ file }) => file).join(", "),
    ...Object.fromEntries(inputs.map(({ file, bytes, sha256 }) => [file, `${bytes} bytes with sha256 ${sha256}`])),
    "--text-column": flag(flags.textColumn),
    "--encoding": flag(flags.encoding),
    "--limit": flag(flags.limit),
    "--bad-rows": flag(flags.badRows),
    "--invalid-utf8": flag(flags.invalidUtf8),
    "--from": flag(flags.from),
    "the columns": corpus.columns.map((column) => JSON.stringify(column)).join(", "),
    "--store": flag(flags.store),
    "--encoder": encoder.name,
    "--pooling": encoder.pooling,
    normalising: String(encoder.normalize),
    "--layer": flag(encoder.layer),
    "--max-tokens": String(encoder.maxTokens),
    "--prompt": JSON.stringify(encoder.prompt),
    "--precision": encoder.precision,
    "the encoder's content": encoder.fingerprint,
    "the batches": batchesText(encoder, flags),
    "the version of headstart": VERSION,
    "the version of onnxruntime": RUNTIME_VERSION,
    "the version of Unicode": process.versions.unicode ?? "none",
  };
}

/** Batches decide vectors only where a model lets them and the user too. */
function batchesText({ dependsOnBatch, session }: Encoder, { allowBatchDependence, batchTokens }: RunFlags): string {
  if (!dependsOnBatch || allowBatchDependence !== true) return "without effect";
  return `of ${batchTokens ?? "the default number of"} tokens on ${session.threads} threads`;
}

function changedError({ file }: InputIdentity): HeadstartError {
  const message =
    `Cannot embed ${file}: it changed while it was read, so the rows read are of two versions. ` +
    `Run the command again once it stays as it is`;
  return new HeadstartError("E_RESUME_MISMATCH", message, { file });
}
