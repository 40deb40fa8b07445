import { plainLabelMap, type LabelMap } from "../../dataset/labelMap.js";
import type { Encoder } from "../../encoder/encoder.js";
import { VERSION } from "../../version.js";
import type { TransferRecord } from "./record.js";

/** How a run was made, as every record keeps it. */
type Provenance = Pick<TransferRecord, "version" | "createdAt" | "seed" | "headstart" | "encoder" | "map" | "options">;

interface Run {
  readonly createdAt: string;
  readonly seed?: number | undefined;
  readonly classWeights?: "none" | "balanced" | undefined;
  readonly map?: LabelMap | undefined;
  readonly asked?: TransferRecord["options"] | undefined;
}

export function provenanceOf(
  { name, fingerprint, width, decisions }: Encoder,
  { createdAt, seed = 1, classWeights = "none", map, asked }: Run,
): Provenance {
  return {
    version: 1,
    createdAt,
    seed,
    headstart: VERSION,
    encoder: { name, fingerprint, width, decisions },
    map: plainLabelMap(map),
    options: { seed, classWeights, ...asked },
  };
}
