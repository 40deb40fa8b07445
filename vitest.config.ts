import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest, which begin first: at the end none of them is left to run alone. */
const LONGEST = [
  "cli/soak",
  "readme/readme",
  "cli/resume",
  "cli/signals",
  "vectors/reader",
  "cli/train",
  "cli/cache",
  "embedding/embedCorpus",
  "encoder/realEncoders",
  "cli/start",
  "browser/reports",
  "cli/package",
  "api/examples",
  "api/program",
  "cli/privacy",
  "cli/doctor",
  "cli/beside",
  "cli/reliability",
];

/** Vitest knows how long files take where it has run them before; in a fresh clone it has not. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONGEST.findIndex((name) => moduleId.endsWith(`${name}.test.ts`));
      return found === -1 ? LONGEST.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    // Never a VM-context pool: typed arrays of another realm break onnxruntime-node.
    pool: "forks",
    // Vitest would leave one core free, which on two is half of them; tests of the program wait for it much of the time.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    include: ["test/**/*.test.ts"],
    env: { ORT_DISABLE_TELEMETRY: "1" },
    // What has not ended by then hangs, however busy the machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
