import { HeadstartError } from "../../errors.js";
import { lastDimension, rankOf, type OnnxModel, type ValueInfoProto } from "./model.js";

/** What config.json says of a model, to compare its outputs with. */
export interface StatedShape {
  /** Length of a token vector, each with the name that config.json has for it, such as hidden_size. */
  readonly widths: readonly (readonly [key: string, width: number])[];
  /** Entries of the vocabulary. */
  readonly vocabulary?: number | undefined;
}

/** An output to take vectors from. */
export interface VectorOutput {
  readonly value: ValueInfoProto;
  /** Undefined where the file does not say. */
  readonly width: number | undefined;
}

/** Names that exporters give the vector of a whole text, best first. */
const SENTENCE_OUTPUTS = ["sentence_embedding", "sentence_embeddings", "text_embeds", "embeddings"];
/** Names of token vectors, best first. */
const TOKEN_OUTPUTS = ["last_hidden_state", "token_embeddings"];
/** Scores that a head on top gives: logits, prediction_logits, start_logits. */
const SCORES = /(^|_)(logits|scores)$/;

/** The output with the vector of a whole text, `[batch, width]`; undefined where the model has none by a known name. */
export function sentenceOutput({ graph }: OnnxModel): VectorOutput | undefined {
  const found = SENTENCE_OUTPUTS.flatMap((name) => graph.output.filter((o) => o.name === name && rankOf(o) === 2));
  return found.length === 0 ? undefined : { value: found[0], width: lastDimension(found[0]) };
}

/**
 * The output with the token vectors, `[batch, tokens, width]`: one of a usual name, else the first of rank 3 that is not
 * of scores; undefined where there is none.
 */
export function tokenOutput({ graph }: OnnxModel): VectorOutput | undefined {
  const isUsual = ({ name }: ValueInfoProto): boolean => TOKEN_OUTPUTS.includes(name);
  const ranked = graph.output.filter((o) => rankOf(o) === 3 || (rankOf(o) === undefined && isUsual(o)));
  const usual = TOKEN_OUTPUTS.flatMap((name) => ranked.filter((o) => o.name === name));
  const value = usual[0] ?? ranked.find(({ name }) => !SCORES.test(name));
  return value && { value, width: lastDimension(value) };
}

/**
 * The same, of a model that is to have one; what config.json says has to fit.
 *
 * @throws HeadstartError E_ENCODER_INVALID for scores of labels or words, and for another width than config.json's;
 *   E_ENCODER_UNSUPPORTED where there is no such output
 */
export function requireTokenOutput(model: OnnxModel, file: string, stated: StatedShape = { widths: [] }): VectorOutput {
  const found = tokenOutput(model);
  const scores = model.graph.output.find(({ name }) => SCORES.test(name));
  const isStrange = found?.width !== undefined && isOther(found.width, stated);
  if (found !== undefined && !isStrange) return found;
  const strange = isStrange ? found.value : scores;
  if (strange !== undefined) throw notVectors(strange, file, stated);
  const outputs = model.graph.output.map((o) => `"${o.name}" of rank ${rankOf(o) ?? "unknown"}`).join(", ");
  throw new HeadstartError(
    "E_ENCODER_UNSUPPORTED",
    `${file} gives no token vectors: its outputs are ${outputs}. ` +
      `Export it for feature extraction, with an output [batch, tokens, width]`,
    { file },
  );
}

const isOther = (width: number, { widths }: StatedShape): boolean =>
  widths.length > 0 && widths.every(([, stated]) => stated !== width);

function notVectors(output: ValueInfoProto, file: string, stated: StatedShape): HeadstartError {
  const width = lastDimension(output);
  const [said] = stated.widths;
  const wide = width === undefined ? "" : `, ${width} wide`;
  const differs = said !== undefined && width !== undefined && isOther(width, stated);
  const but = differs ? `, and config.json says ${said[0]} ${said[1]}` : "";
  const kind = kindOf(output, stated);
  return new HeadstartError(
    "E_ENCODER_INVALID",
    `${file} gives no token vectors: its output is "${output.name}"${wide}${but}: ${kind}. ` +
      "Export it with --task feature-extraction",
    { file },
  );
}

/** What a model is for whose output is not token vectors. */
function kindOf(output: ValueInfoProto, { vocabulary }: StatedShape): string {
  const width = lastDimension(output);
  if (width !== undefined && width === vocabulary) return "it is a language model, whose outputs are scores of words";
  if (/^(start|end)_/.test(output.name)) return "it is a QA model";
  if (!SCORES.test(output.name)) return "they do not belong together";
  if (output.name.startsWith("prediction_")) return "it is a language model, whose outputs are scores of words";
  return rankOf(output) === 2 ? "it is a text classification model" : "it is a token classification model";
}
