import path from "node:path";
import { commitFile } from "../store/commit.js";
import { commitFolder } from "../store/commitFolder.js";
import type { TransferRecord } from "../transfer/record.js";
import { renderTransferReport } from "./transferReport.js";
import { renderEvaluationReport, type EvaluationRecord } from "./trustReport.js";

/**
 * Writes `report.html` and `record.json` into a folder, both or neither.
 *
 * @throws HeadstartError E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE
 */
export async function saveReport(
  folder: string,
  record: TransferRecord,
  options: { readonly force?: boolean } = {},
): Promise<void> {
  const write = (file: string, text: string): Promise<void> =>
    commitFile(file, (to) => to.write(new TextEncoder().encode(text)));
  await commitFolder(
    folder,
    async (temp) => {
      await write(path.join(temp, "report.html"), renderTransferReport(record));
      await write(path.join(temp, "record.json"), `${JSON.stringify(record, null, 2)}\n`);
    },
    options,
  );
}

/** Writes the page of an evaluation. @throws HeadstartError E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE */
export async function saveEvaluationReport(
  file: string,
  record: EvaluationRecord,
  options: { readonly force?: boolean } = {},
): Promise<void> {
  await commitFile(file, (to) => to.write(renderEvaluationReport(record)), options);
}
