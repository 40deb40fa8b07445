import { cosine, row, type Matrix } from "../../math/matrix.js";
import type { EncoderPorts } from "../../onnx/model/encoderGraph.js";
import { openSession } from "../../onnx/runtime/session.js";
import { embedTexts } from "../embed/embed.js";
import type { EmbeddingEncoder } from "../encoder.js";
import type { Cosines, Ready } from "./optimize.js";
import { SAMPLE_TEXTS } from "./sampleTexts.js";

/** How near the vectors of two forms of a model are, on texts of many kinds. */
export async function sampleCosines(
  use: Omit<EmbeddingEncoder, "session" | "ports">,
  { ports, one, other }: { readonly ports: EncoderPorts; readonly one: Ready; readonly other: Ready },
): Promise<Cosines> {
  const vectorsOf = async ({ source, hidden, tokens }: Ready): Promise<Matrix> => {
    const session = await openSession(source, { file: use.path });
    const { vectors } = await embedTexts({ ...use, ports: { ...ports, hidden, tokens }, session }, SAMPLE_TEXTS);
    await session.close();
    return vectors;
  };
  const [before, after] = [await vectorsOf(one), await vectorsOf(other)];
  const cosines = SAMPLE_TEXTS.map((_, i) => cosine(row(before, i), row(after, i)));
  const mean = cosines.reduce((sum, c) => sum + c, 0) / cosines.length;
  return { mean, min: Math.min(...cosines), texts: cosines.length };
}
