/** What to do next, from what was measured. */
export interface Advice {
  readonly strategy:
    | "target alone"
    | "add the source"
    | "start from the source"
    | "label rows"
    | "unfreeze"
    | "another source or encoder"
    | "source as it is";
  /** The reason, with its numbers, in one sentence. */
  readonly because: string;
}
