/** The CPU device: WGSL compute shaders compiled to WebAssembly SIMD. */
export { CPU_LIMITS, type CpuOptions, openCpuDevice } from "./cpu_device.ts";
export type { CpuDevice } from "./cpu_device.ts";
export { compile, type Compiled } from "./compile.ts";
