import { cosine, row, type Matrix } from "../../math/matrix.js";
import type { EncoderPorts } from "../../onnx/model/encoderGraph.js";
import { openSession } from "../../onnx/runtime/session.js";
import { embedTexts } from "../embed/embed.js";
import type { EmbeddingEncoder } from "../encoder.js";
import type { Cosines, Ready } from "./optimize.js";

/** Short texts of the kinds that people bring, on which a rewritten model is compared with its original. */
const SAMPLE_TEXTS: readonly string[] = [
  "ok",
  "Best coffee in town, and they know my name by now.",
  "The zip broke on the second day. Asked for a refund three weeks ago, still nothing!!",
  "omg the queue for the ferry is INSANE again 😩 #monday",
  "@anna thx for the ride yesterday, you saved my evening :)",
  "A slow, tender film that trusts its actors and never raises its voice.",
  "Two hours of my life that nobody will give back to me.",
  "It is not bad, but I would not call it good either.",
  "Congratulations! You have been selected for a free cruise. Reply YES to 60200 now.",
  "Can you pick up some milk on your way home?",
  "The council voted on Tuesday to close the bridge for repairs until the end of March.",
  "Shares of the shipping company fell 4.2 % after it cut its forecast for the year.",
  "How do I change the billing address of an order that has already been sent?",
  "The app crashes every time I open the settings on Android 14 (Pixel 6a).",
  "Meeting moved to 3 pm, room B2. Bring the figures for Q3.",
  "Our guide, Marta, knew every bird on the island by its call.",
  "worst. customer. service. ever.",
  "Does anyone know whether the night bus still runs past the hospital?",
  "The soup was cold, the waiter was warm, the bill was neither.",
  "Patients who slept less than six hours reported more headaches in the following week.",
];

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
