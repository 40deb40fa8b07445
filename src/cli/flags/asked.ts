import type { TransferRecord } from "../../transfer/experiment/record.js";
import type { LayersFlags } from "./layers.js";
import type { MatrixFlags, TransferFlags } from "./transfer.js";

const BY_THEMSELVES = ["source", "sources", "target", "matrix", "sourceDev", "targetTrain", "map", "head", "output"];
const HOW_SHOWN = ["json", "quiet", "verbose", "debug", "force"];

/** What was asked for, as the record keeps it. */
export function askedFor(flags: TransferFlags | MatrixFlags | LayersFlags): TransferRecord["options"] {
  const left = Object.entries(flags).filter(([name]) => ![...BY_THEMSELVES, ...HOW_SHOWN].includes(name));
  return Object.fromEntries(left.filter(([, value]) => value !== undefined)) as TransferRecord["options"];
}
