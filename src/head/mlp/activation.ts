/** Non-linearity between layers; GELU in its tanh form (Hendrycks & Gimpel 2016, arXiv:1606.08415). */
export type Activation = "relu" | "gelu";

/** Slope of the sign-smooth part of GELU: sqrt(2 / pi), and the weight of its cube. */
export const GELU_SCALE = Math.sqrt(2 / Math.PI);
export const GELU_CUBE = 0.044715;

/** The activation of one number in float64, as predictions apply it. */
export function activated(activation: Activation, z: number): number {
  if (activation === "relu") return z > 0 ? z : 0;
  return (z / 2) * (1 + Math.tanh(GELU_SCALE * (z + GELU_CUBE * z * z * z)));
}
