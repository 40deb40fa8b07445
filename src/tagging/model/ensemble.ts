import { matrix, type Matrix } from "../../math/matrix.js";
import type { CrfWeights } from "../crf/weights.js";
import type { FeatureTable } from "./featureTable.js";
import type { Tagger } from "./tagger.js";

/**
 * One tagger whose scores are the mean of those of several, which differ in their seeds alone: hidden units stand side by
 * side, and what is linear is averaged.
 */
export function meanTagger(ensemble: readonly Tagger[]): Tagger {
  const [first] = ensemble;
  if (ensemble.length === 1) return first;
  const mean = (pick: (tagger: Tagger) => Float32Array): Float32Array => meanOf(ensemble.map(pick));
  const table = (pick: (tagger: Tagger) => FeatureTable): FeatureTable => {
    const { hashes, weights } = pick(first);
    return { hashes, weights: { ...weights, data: mean((tagger) => pick(tagger).weights.data) } };
  };
  const shared = { ...first, features: table(({ features }) => features), crfWeights: meanCrf(ensemble) };
  if (first.output === undefined) {
    const inputs = { ...first.inputs, data: mean(({ inputs: own }) => own.data) };
    return { ...shared, inputs, bias: mean(({ bias }) => bias) };
  }
  const outputs = ensemble.map(({ output }) => output!);
  const beside = sideBySide(outputs.map(({ weights }) => weights));
  return {
    ...shared,
    inputs: interleaved(
      ensemble.map(({ inputs }) => inputs),
      2 * first.contextWindow + 1,
    ),
    bias: Float32Array.from(ensemble.flatMap(({ bias }) => [...bias])),
    cues: { ...first.cues, weights: sideBySide(ensemble.map(({ cues }) => cues.weights)) },
    output: {
      weights: { ...beside, data: beside.data.map((weight) => weight / ensemble.length) },
      bias: meanOf(outputs.map(({ bias }) => bias)),
    },
  };
}

const meanOf = (lists: readonly Float32Array[]): Float32Array =>
  lists[0].map((_, i) => lists.reduce((sum, list) => sum + list[i], 0) / lists.length);

/** In single precision, as a file keeps them: a tagger predicts the same before it is saved and after. */
function meanCrf(ensemble: readonly Tagger[]): CrfWeights {
  const mean = (pick: (crfWeights: CrfWeights) => Float64Array): Float64Array =>
    pick(ensemble[0].crfWeights).map((_, i) =>
      Math.fround(ensemble.reduce((sum, { crfWeights }) => sum + pick(crfWeights)[i], 0) / ensemble.length),
    );
  const { tags } = ensemble[0].crfWeights;
  return {
    tags,
    transitions: mean(({ transitions }) => transitions),
    start: mean(({ start }) => start),
    end: mean(({ end }) => end),
  };
}

/** Columns of all, row by row. */
function sideBySide(parts: readonly Matrix[]): Matrix {
  const [{ rows, cols }] = parts;
  const all = matrix(rows, parts.length * cols);
  parts.forEach(({ data }, p) => {
    for (let r = 0; r < rows; r++) all.data.set(data.subarray(r * cols, (r + 1) * cols), (r * parts.length + p) * cols);
  });
  return all;
}

/** The rows of all in `blocks` equal blocks: the first block of each, then the second of each. */
function interleaved(parts: readonly Matrix[], blocks: number): Matrix {
  const [{ rows, cols }] = parts;
  const wide = sideBySide(parts.map(({ data }) => matrix(blocks, (rows / blocks) * cols, data)));
  return matrix(parts.length * rows, cols, wide.data);
}
