export { saveReport } from "../report/html/transfer/saveReport.js";
export { renderTransferReport } from "../report/html/transfer/transferReport.js";
export type { TransferRecord, Verdict } from "../transfer/experiment/record.js";
export { runTransfer } from "../transfer/experiment/run.js";
export type { TransferCorpora, TransferOptions } from "../transfer/experiment/run.js";
export { runTaggingTransfer } from "../transfer/experiment/runTagging.js";
