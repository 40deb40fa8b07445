import { normalize } from "node:path";
import type { Corpus } from "../../corpus/corpus.js";
import type { Encoder } from "../../encoder/encoder.js";
import { HeadstartError } from "../../errors.js";
import { RUNTIME_VERSION } from "../../onnx/runtime/session.js";
import { changedInput, identifyInputs, type InputIdentity } from "../../store/resume/inputIdentity.js";
import { thisProcess } from "../../files/lock.js";
import type { RunFields } from "../../store/resume/manifest.js";
import { claimOutput, type VectorRun } from "../../store/resume/run.js";
import { outputFiles } from "../../vectors/writer.js";
import { VERSION } from "../../version.js";
import type { Context } from "../context.js";
import type { EmbedOutputFlags } from "./output.js";
import type { CorpusFlags, EncoderFlags, GlobalFlags } from "../flags/options.js";
import { count } from "../../text/numbers.js";

interface RunFlags extends GlobalFlags, CorpusFlags, EncoderFlags, EmbedOutputFlags {
  readonly repair?: boolean | undefined;
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
  /** Notes that the output is there: nothing need be kept any more. */
  readonly committed: () => void;
  /** Removes what was kept. */
  readonly finish: () => Promise<void>;
  /** Keeps what a run that goes on can use, says so, and gives the output free. */
  readonly stop: (error: unknown) => Promise<void>;
}

/** Claims a file for this run before any long work. @throws HeadstartError E_LOCKED, E_OUTPUT_EXISTS, E_OUTPUT_WRITE */
export async function claimRun({ reporter, now, signal }: Context, output: string, flags: RunFlags): Promise<EmbedRun> {
  const { force, repair } = flags;
  const kept = await claimOutput(output, {
    owner: thisProcess(now()),
    outputs: outputFiles(output),
    force,
    repair,
  });
  let inputs: readonly InputIdentity[] | undefined;
  let begun = false;
  let [committed, finished] = [false, false];
  return {
    kept,
    async begin(given) {
      inputs = await identifyInputs(given.files);
      const ofVectors = vectorFields(given.encoder, flags);
      const ofInput = inputs && inputFields(inputs, given.corpus, flags);
      await kept.begin(ofInput && { ...ofInput, ...ofVectors }, Object.keys(ofVectors));
      begun = true;
      if (kept.rows > 0) reporter.info(`going on with ${kept.folder}: ${rowsText(kept.rows)} embedded already`);
    },
    async checkInputs() {
      const changed = await changedInput(inputs ?? []);
      if (changed !== undefined) throw new InputChanged(changed);
    },
    committed() {
      committed = true;
    },
    async finish() {
      await kept.finish();
      finished = true;
    },
    async stop(error) {
      if (finished) return;
      if (committed) return kept.finish();
      const aborted = signal.aborted;
      const wrong = begun && !aborted && isInputError(error);
      if (wrong) await kept.endWrong();
      const { rows } = kept;
      await kept.leave();
      const next = wrong ? "once the input is right, the same command" : "the same command";
      if (rows > 0 && begun) reporter.info(`${rowsText(rows)} kept in ${kept.folder}; ${next} goes on from there`);
      else if (aborted && begun && inputs === undefined)
        reporter.info("nothing is kept, as a pipe cannot be read again; --cache would keep vectors");
    },
  };
}

const rowsText = (rows: number): string => (rows === 1 ? "1 row is" : `${count(rows)} rows are`);

/** Whether the input has to be changed, or has changed already, before the same command can be of use. */
const isInputError = (error: unknown): boolean =>
  error instanceof HeadstartError && (error.exitCode === 3 || error instanceof InputChanged);

type Flag = string | number | boolean | undefined;
const shown = (flag: Flag): string => (flag === undefined ? "not given" : JSON.stringify(flag));

/** All that the rows and the form of the output depend on, by the names that messages use; the most telling first. */
function inputFields(inputs: readonly InputIdentity[], corpus: Corpus, flags: RunFlags): RunFields {
  // "./a.csv" is "a.csv".
  const files = inputs.map(({ file, bytes, sha256 }) => [normalize(file), `${bytes} bytes with sha256 ${sha256}`]);
  return {
    "the corpus": files.map(([file]) => file).join(", "),
    ...Object.fromEntries(files),
    "--text-column": shown(flags.textColumn),
    "--no-header": flags.header === false ? "given" : "not given",
    "--delimiter": shown(flags.delimiter),
    "--quote": shown(flags.quote),
    "--encoding": shown(flags.encoding),
    "--limit": shown(flags.limit),
    "--bad-rows": shown(flags.badRows),
    "--invalid-utf8": shown(flags.invalidUtf8),
    "--from": shown(flags.from),
    "the columns": corpus.columns.map((column) => JSON.stringify(column)).join(", "),
    "--store": shown(flags.store),
  };
}

/** All that the vectors of given texts depend on. */
function vectorFields(encoder: Encoder, flags: RunFlags): RunFields {
  return {
    "--encoder": encoder.name,
    "--pooling": encoder.pooling,
    normalizing: String(encoder.normalize),
    "--layer": shown(encoder.layer),
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

/** The input is not what it was when the run began. */
class InputChanged extends HeadstartError {
  constructor({ file }: InputIdentity) {
    const message =
      `Cannot embed ${file}: it changed while it was read, so the rows read are of two versions. ` +
      `Run the command again once it stays as it is`;
    super("E_RESUME_MISMATCH", message, { file });
  }
}
