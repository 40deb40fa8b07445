import { matrix, type Matrix } from "../../math/matrix.js";
import { softmax } from "../../math/softmax.js";

/**
 * A scalar mix of layers: the vectors of all layers are averaged with learned weights, the softmax of `mix`, before one
 * matrix of weights. For layers side by side this is the same as that matrix times the layer's weight for each, so that
 * no other code need distinguish the two.
 *
 * @param weights  `[rows, width]`, for one layer
 * @returns        `[rows, layers * width]`
 * @see Peters et al. 2018, equation 1 (their factor gamma is in the weights here): https://arxiv.org/abs/1802.05365
 */
export function scalarMix(weights: Matrix, mix: Float32Array): Matrix {
  const layerWeights = softmax(mix, 0, mix.length);
  const result = matrix(weights.rows, weights.cols * layerWeights.length);
  for (let r = 0, out = 0; r < weights.rows; r++) {
    for (const layerWeight of layerWeights) {
      for (let c = 0, at = r * weights.cols; c < weights.cols; c++, at++, out++)
        result.data[out] = layerWeight * weights.data[at];
    }
  }
  return result;
}

/** Gradients of the weights for one layer and of `mix`, from those of the weights for all layers. */
export function scalarMixGradients(
  weights: Matrix,
  mix: Float32Array,
  inputGradients: Float32Array,
): { readonly weights: Float32Array; readonly mix: Float64Array } {
  const layerWeights = softmax(mix, 0, mix.length);
  const gradients = new Float32Array(weights.data.length);
  const each = new Float64Array(layerWeights.length);
  for (let r = 0, from = 0; r < weights.rows; r++) {
    for (let l = 0; l < layerWeights.length; l++) {
      for (let c = 0, at = r * weights.cols; c < weights.cols; c++, at++, from++) {
        gradients[at] += layerWeights[l] * inputGradients[from];
        each[l] += weights.data[at] * inputGradients[from];
      }
    }
  }
  const mean = each.reduce((sum, gradient, l) => sum + layerWeights[l] * gradient, 0);
  return { weights: gradients, mix: each.map((gradient, l) => layerWeights[l] * (gradient - mean)) };
}
