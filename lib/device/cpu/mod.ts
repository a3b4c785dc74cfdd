/** The CPU device: WGSL compute shaders compiled to WebAssembly SIMD. See `docs/cpu-device.md`. */
export { CPU_LIMITS, type CpuOptions, openCpuDevice } from "./cpu_device.ts";
export { compile, type Compiled, type CompiledBinding } from "./compile.ts";
export type { LowerOptions } from "./lower_memory.ts";
export * from "../device.ts";
