import type { TransferRecord } from "../../../../transfer/experiment/record.js";

type Scores = "target" | "drop" | "dropInterval95";

/** The record of an experiment whose target has labels. */
export type ScoredRecord = TransferRecord & { readonly [name in Scores]: NonNullable<TransferRecord[name]> };

export const isScored = (record: TransferRecord): record is ScoredRecord => record.target !== null;
