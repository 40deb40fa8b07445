import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Never a VM-context pool: typed arrays of another realm break onnxruntime-node.
    pool: "forks",
    include: ["test/**/*.test.ts"],
    env: { ORT_DISABLE_TELEMETRY: "1" },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
