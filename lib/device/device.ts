/**
 * Where kernels run. A device knows buffers and compute shaders and nothing of mathematics.
 *
 * Two implementations stand behind this interface: WebGPU (`webgpu.ts`) and the CPU (`cpu/`). No type of either shows here.
 */

/** One WGSL page: the text of a kernel file, or of a generated elementwise kernel. */
export interface KernelSource {
  /** File name under `kernels/` without ending, or a generated name. Appears in errors and profiles. */
  readonly name: string;
  /** The WGSL text. */
  readonly code: string;
  /** Entry point; default `main`. */
  readonly entry?: string;
}

/** What one shader may use. Counts and bytes as WebGPU names them. */
export interface DeviceLimits {
  /** Most bytes one buffer may have. */
  readonly maxBufferBytes: number;
  /** Most bytes one kernel may see of one buffer. */
  readonly maxBindingBytes: number;
  /** Most buffers one kernel may bind. */
  readonly maxBindings: number;
  /** Most invocations of one workgroup. */
  readonly maxWorkgroupInvocations: number;
  /** Most bytes of `var<workgroup>` variables. */
  readonly maxWorkgroupMemoryBytes: number;
  /** Most workgroups along one axis of the grid. */
  readonly maxGrid: number;
  /** Offsets of bindings are multiples of this many bytes (a power of two, at most 256). */
  readonly bindingAlignment: number;
}

/** Memory of a device. Sizes are bytes, multiples of 4. New buffers hold zeros. */
export interface DeviceBuffer {
  /** Size in bytes. */
  readonly bytes: number;
  /** Name for errors and profiles. */
  readonly label: string;
  /** Gives the memory back. A second call does nothing. Use after it is an error. */
  dispose(): void;
}

/** A compiled compute shader with its constants fixed. */
export interface Kernel {
  /** Name of the page. */
  readonly name: string;
  /** The values of its overrides. */
  readonly constants: Readonly<Record<string, number>>;
}

/** A window into a buffer, as one kernel sees it. */
export interface Binding {
  /** The memory. */
  readonly buffer: DeviceBuffer;
  /** Bytes; a multiple of `limits.bindingAlignment`. Default 0. */
  readonly offset?: number;
  /** Bytes; default: to the end of the buffer. */
  readonly bytes?: number;
}

/** One run of a kernel. `bindings[i]` is `@group(0) @binding(i)`; `grid` counts workgroups along x, y, z. */
export interface Dispatch {
  /** What runs. */
  readonly kernel: Kernel;
  /** `bindings[i]` is `@binding(i)`. */
  readonly bindings: readonly Binding[];
  /** Workgroups along x, y, z. */
  readonly grid: readonly [number, number, number];
}

/** Time of one dispatch, measured on the device. */
export interface DispatchTime {
  /** Name of the kernel. */
  readonly name: string;
  /** Time on the device. */
  readonly nanoseconds: number;
}

/** Where kernels run. */
export interface Device {
  /** For people: "NVIDIA H200 (WebGPU)", "CPU, 2 threads (WASM SIMD)". */
  readonly name: string;
  /** How kernels run: through a WebGPU adapter, or compiled to WebAssembly. */
  readonly kind: "webgpu" | "cpu";
  /** What its kernels may use. */
  readonly limits: DeviceLimits;
  /** True for a WebGPU adapter that is itself a CPU program (llvmpipe, SwiftShader). */
  readonly software: boolean;
  /** Buffers made and not yet disposed. For leak tests. */
  readonly liveBuffers: number;
  /** Bytes in those buffers. */
  readonly liveBytes: number;
  /** Takes memory, filled with zeros. @throws DeviceError when the size is not allowed or memory is short. */
  buffer(bytes: number, label: string): DeviceBuffer;
  /**
   * Compiled once per (source, constants); a second call returns the same kernel. Synchronous, so that a whole training step
   * can be built and queued without waiting. Errors name file, line and column; a device that learns of them only later
   * (WebGPU) throws them from the next `ready`, `read` or `sync`, and from every `submit` after it has learnt of them.
   */
  kernel(source: KernelSource, constants?: Record<string, number>): Kernel;
  /** Waits until every kernel made so far is known to be valid. @throws DeviceError naming the first that is not. */
  ready(): Promise<void>;
  /** Queues dispatches, which run in this order. Does not wait. */
  submit(dispatches: readonly Dispatch[]): void;
  /** Like `submit`, and measures each dispatch. `null` where the device cannot measure. */
  profile(dispatches: readonly Dispatch[]): Promise<DispatchTime[] | null>;
  /** Queues a host-to-device copy; the data may be changed as soon as the call returns. Offset in bytes, a multiple of 4. */
  write(buffer: DeviceBuffer, data: ArrayBufferView, offset?: number): void;
  /** Waits for all queued work, then copies to the host. Offset and bytes are multiples of 4. */
  read(buffer: DeviceBuffer, offset?: number, bytes?: number): Promise<ArrayBuffer>;
  /** Waits for all queued work. */
  sync(): Promise<void>;
  /** Disposes everything made on this device. A second call does nothing. */
  close(): void;
}

/** Any failure of a device: lost, out of memory, wrong size, a kernel that does not compile. */
export class DeviceError extends Error {
  /** For `switch (error.name)`. */
  override name = "DeviceError";
}
