/**
 * How often each of several heads gives a row the label that the others give it, mean over the others and the rows, `[0, 1]`.
 * Heads make mistakes of their own, and are right together: the one that agrees most is likely to be right most. Of two heads
 * both agree alike, which says nothing.
 *
 * @param predictions  label of each row by each of the heads
 * @see Madani, Pennock & Flake 2004, Co-validation: using model disagreement on unlabeled data to validate classification algorithms
 */
export function agreementWithOthers(predictions: readonly ArrayLike<number | string>[]): readonly number[] {
  return predictions.map((own, h) => {
    let same = 0;
    predictions.forEach((other, o) => {
      if (o === h) return;
      for (let r = 0; r < own.length; r++) if (own[r] === other[r]) same++;
    });
    const asked = own.length * (predictions.length - 1);
    return asked === 0 ? 0 : same / asked;
  });
}
