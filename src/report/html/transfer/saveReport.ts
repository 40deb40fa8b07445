import path from "node:path";
import { commitFile } from "../../../files/commit.js";
import { commitFolder, type CommitFolderOptions } from "../../../files/commitFolder.js";
import type { TransferRecord } from "../../../transfer/experiment/record.js";
import type { TaggingTransfer } from "../../../transfer/entities/record.js";
import type { LayersRecord } from "../../../transfer/layers/record.js";
import type { MatrixRecord } from "../../../transfer/matrix/record.js";
import { suggestionsFile } from "../../../transfer/suggest/suggestions.js";
import { layersReport } from "./layersReport.js";
import { matrixReport } from "./matrixReport.js";
import { taggingReport } from "./taggingReport.js";
import { renderTransferReport } from "./transferReport.js";

/**
 * Writes `report.html` and `record.json` of a transfer experiment into a folder, with `suggest.csv` where rows are suggested
 * and what else `writeMore` writes: all or none.
 *
 * @throws HeadstartError E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE
 * @example
 * const [source, target] = [await readLabeled(["reviews.csv"]), await readLabeled(["other-reviews.csv"])];
 * const record = await runTransfer(encoder, { source, target }, {
 *   vectorsOf: async (texts) => (await embedTexts(encoder, texts)).vectors,
 *   createdAt: new Date().toISOString(),
 *   clock: () => performance.now(),
 *   report: "report/report.html",
 * });
 * await saveReport("report", record, { force: true });
 */
export const saveReport = (
  folder: string,
  record: TransferRecord,
  { writeMore, ...options }: SaveReportOptions = {},
): Promise<void> =>
  savePageAndRecord(
    folder,
    {
      page: renderTransferReport(record),
      record,
      suggest: record.suggestions && suggestionsFile(record.suggestions),
      writeMore,
    },
    options,
  );

export interface SaveReportOptions extends CommitFolderOptions {
  /** Writes more into the folder, such as a head, before it gets its name. @default nothing */
  readonly writeMore?: ((temporaryFolder: string) => Promise<void>) | undefined;
}

interface Written {
  readonly page: string;
  readonly record: object;
  readonly suggest?: string | undefined;
  readonly writeMore?: SaveReportOptions["writeMore"];
}

/** The same of an experiment with entities. */
export const saveTaggingReport = (
  folder: string,
  record: TaggingTransfer,
  { writeMore, ...options }: SaveReportOptions = {},
): Promise<void> => savePageAndRecord(folder, { page: taggingReport(record), record, writeMore }, options);

/**
 * Writes `report.html` and `record.json` of a comparison of layers into a folder: both or none.
 *
 * @throws HeadstartError E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE
 * @example
 * const corpus = await readLabeled(["reviews.csv"], { limit: 60 });
 * const record = await compareLayers(encoder, { corpus }, {
 *   vectorsOf: async (layer, lists) => {
 *     const own = await loadEncoder("headstart-mini", { layer });
 *     const found = [];
 *     for (const texts of lists) found.push((await embedTexts(own, texts)).vectors);
 *     await own.close();
 *     return found;
 *   },
 *   createdAt: new Date().toISOString(),
 *   clock: () => performance.now(),
 * });
 * await saveLayersReport("layers", record);
 */
export const saveLayersReport = (
  folder: string,
  record: LayersRecord,
  options: CommitFolderOptions = {},
): Promise<void> => savePageAndRecord(folder, { page: layersReport(record), record }, options);
/** The same of every domain to every other. */
export const saveMatrixReport = (
  folder: string,
  record: MatrixRecord,
  options: CommitFolderOptions = {},
): Promise<void> => savePageAndRecord(folder, { page: matrixReport(record), record }, options);

async function savePageAndRecord(
  folder: string,
  { page, record, suggest, writeMore }: Written,
  options: CommitFolderOptions,
): Promise<void> {
  const write = (file: string, text: string): Promise<void> => commitFile(file, (to) => to.write(text));
  await commitFolder(
    folder,
    async (temp) => {
      await write(path.join(temp, "report.html"), page);
      if (suggest !== undefined) await write(path.join(temp, "suggest.csv"), suggest);
      await writeMore?.(temp);
      await write(path.join(temp, "record.json"), `${JSON.stringify(record, null, 2)}\n`);
    },
    options,
  );
}
