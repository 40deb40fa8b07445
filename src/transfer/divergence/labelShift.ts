/** How often the target has each label, as far as it can be known without its labels. */
export interface LabelShift {
  /** Of the source's rows, by label. */
  readonly source: Readonly<Record<string, number>>;
  /** From what the head predicts and how it errs in-domain (Lipton et al. 2018); null where that cannot be inverted. */
  readonly bbse: Readonly<Record<string, number>> | null;
  /** By expectation maximization over the head's probabilities (Saerens et al. 2002). */
  readonly em: Readonly<Record<string, number>>;
  /** As it is, where the target has labels. */
  readonly truth: Readonly<Record<string, number>> | null;
}
