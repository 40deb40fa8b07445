import { EigenvalueDecomposition, Matrix as Square } from "ml-matrix";

/** A symmetric matrix without negative eigenvalues to a power, such as 0.5 for its square root. */
export function symmetricPower(symmetric: Square, power: number): Square {
  const { realEigenvalues, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(symmetric, {
    assumeSymmetric: true,
  });
  const powers = realEigenvalues.map((value) => (value > 0 ? value ** power : 0));
  return vectors.mmul(Square.diag(powers)).mmul(vectors.transpose());
}
