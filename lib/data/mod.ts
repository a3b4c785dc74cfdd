/** Files and recorded data: episodes, npz, safetensors, JSON Lines, safe writing. */

export {
  type Episodes,
  episodesFromArrays,
  episodesToArrays,
  observationAt,
  observationSize,
  trueSteps,
} from "./episodes.ts";
export { writeFileAtomic } from "./files.ts";
export { FormatError, type FormatProblem } from "./format_error.ts";
export { type JsonLines, readJsonl, writeJsonl } from "./jsonl.ts";
export { type NpyArray, type NpyData, readNpy, writeNpy } from "./npy.ts";
export { type NpzLimits, readNpz, writeNpz } from "./npz.ts";
export {
  readSafetensors,
  type Safetensors,
  TENSOR_TYPES,
  type TensorData,
  type TensorType,
  writeSafetensors,
} from "./safetensors.ts";
