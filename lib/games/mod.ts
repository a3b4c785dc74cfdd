/** Games and their common interface. */

export * from "./atari/mod.ts";
export { checkEnvironment, type CheckOptions, type CheckReport } from "./check_environment.ts";
export { type Environment, EpisodeOverError, IllegalActionError, type Info, type Step } from "./environment.ts";
export { FrameStack, type StateFrameStack } from "./frame_stack.ts";
export * from "./grid/mod.ts";
export * from "./minigrid/mod.ts";
export { NumpyRandom, type NumpyRandomState } from "./numpy_random.ts";
export { measureThroughput, type Throughput } from "./throughput.ts";
