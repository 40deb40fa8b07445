import { describeHead, type DescribeOptions } from "../../classification/describeHead.js";
import type { TrainedHead } from "../../classification/train.js";
import type { HeadParts } from "../../head/file/folder.js";
import type { NeighborIndex } from "../../head/neighbors.js";
import { renderTrainingReport } from "../../report/html/trainingReport.js";

/** A trained head as it goes into its folder, with the page that shows how training went. */
export function headParts(
  trained: TrainedHead,
  { neighbors, ...how }: DescribeOptions & { readonly neighbors?: NeighborIndex | undefined },
): HeadParts & { readonly page: string } {
  const file = describeHead(trained, how);
  return { ...trained, file, page: renderTrainingReport(file), neighbors };
}
