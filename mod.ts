/**
 * Tessera: world models that learn from pixels, in TypeScript on WebGPU.
 *
 * The public surface of the library. Tasks, notebooks and tests import from here.
 *
 * @module
 */
export * from "./lib/random.ts";
export * from "./lib/data/mod.ts";
export * from "./lib/games/mod.ts";
export * from "./lib/device/mod.ts";
export * from "./lib/tensor/mod.ts";
export * from "./lib/nn/mod.ts";
export * from "./lib/train/mod.ts";
export * from "./lib/models/mod.ts";
export * from "./lib/analysis/mod.ts";
export * from "./lib/figures/mod.ts";
export * from "./lib/runs/mod.ts";
export * from "./lib/experiments/mod.ts";
export * from "./lib/play/mod.ts";
// Both floors have a histogram: the operation keeps the name, the chart says what it is.
export { histogram } from "./lib/tensor/mod.ts";
export { histogram as histogramChart } from "./lib/figures/mod.ts";
