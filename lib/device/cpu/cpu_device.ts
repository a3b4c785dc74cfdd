import {
  type Device,
  type DeviceBuffer,
  DeviceError,
  type DeviceLimits,
  type Dispatch,
  type DispatchTime,
  type Kernel,
  type KernelSource,
} from "../device.ts";
import { compile, type Compiled } from "./compile.ts";
import { Heap } from "./heap.ts";
import { hostBytes } from "../host_bytes.ts";
import { ARGUMENTS } from "./lower.ts";
import { checkBindings, checkGrid, checkRange, checkSize } from "./validate.ts";
import { KernelFailure, Pool } from "./pool.ts";
import { ARGS, ARGS_BYTES, CONTROL, HEAP_START, MAX_KERNELS, MAX_RECORDS, RECORD, RECORDS } from "./protocol.ts";
import { MAX_PAGES } from "./emit_wasm.ts";

/** Settings of the CPU device. */
export interface CpuOptions {
  /** Threads in all, the calling one included. Default: one per core, at most 16. */
  readonly threads?: number;
  /**
   * Kernels for which accesses to memory are not checked: faster, but an index out of range then reads or writes foreign
   * memory of this device. Default: every kernel is checked.
   */
  readonly unchecked?: (source: KernelSource) => boolean;
  /**
   * Stop at an index out of range with a DeviceError that names the kernel. Default false: such a read gives an element of
   * the same variable, and such a write is dropped. Tests run kernels strictly before they are trusted unchecked.
   */
  readonly strict?: boolean;
}

/** What every CPU device allows. */
export const CPU_LIMITS: DeviceLimits = {
  maxBufferBytes: 2 ** 31 - 65536,
  maxBindingBytes: 2 ** 31 - 65536,
  maxBindings: 32,
  maxWorkgroupInvocations: 1024,
  maxWorkgroupMemoryBytes: 65536,
  maxGrid: 65535,
  bindingAlignment: 16,
};
/** A dispatch is cut into about this many pieces per thread. */
const PIECES = 8;
/** Pages that the memory starts with. */
const INITIAL_PAGES = 256;
/** Scratch memory of different threads never shares a cache line. */
const SCRATCH_ALIGNMENT = 64;

/** Text that is the same for the same kernel and constants. */
function keyOf(source: KernelSource, constants: Readonly<Record<string, number>>): string {
  // JSON writes -0 as 0.
  const fixed = Object.entries(constants ?? {}).map(([name, value]) =>
    `${name}=${Object.is(value, -0) ? "-0" : value}`
  );
  return JSON.stringify([source?.name, source?.entry ?? "main", fixed.sort(), source?.code]);
}

class CpuBuffer implements DeviceBuffer {
  disposed = false;
  constructor(readonly device: CpuDevice, readonly address: number, readonly bytes: number, readonly label: string) {}

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.device.released(this);
  }
}

class CpuKernel implements Kernel {
  constructor(
    readonly device: CpuDevice,
    readonly name: string,
    readonly constants: Readonly<Record<string, number>>,
    readonly id: number,
    readonly compiled: Compiled,
    readonly constantAddress: number,
  ) {}
}

/** Runs WGSL on the processor. Submissions are finished when `submit` returns. */
export class CpuDevice implements Device, Disposable {
  readonly kind = "cpu";
  readonly software = false;
  readonly limits = CPU_LIMITS;
  readonly name: string;
  liveBuffers = 0;
  liveBytes = 0;
  private readonly live = new Set<CpuBuffer>();
  private readonly kernels = new Map<string, CpuKernel>();
  private readonly names: string[] = [];
  private scratch = { at: 0, stride: 0 };
  /** The kernels' memory as it was at the start, in words: the argument blocks are in it. */
  private readonly args: Int32Array;
  private closed = false;

  constructor(private readonly heap: Heap, private readonly pool: Pool, private readonly options: CpuOptions) {
    this.args = new Int32Array(heap.memory.buffer);
    this.name = `CPU, ${pool.threads} thread${pool.threads === 1 ? "" : "s"} (WASM SIMD)`;
  }

  private open(): void {
    if (this.closed) throw new DeviceError("this CPU device is closed. Open another one.");
  }

  buffer(bytes: number, label: string): DeviceBuffer {
    this.open();
    checkSize(bytes, label, CPU_LIMITS);
    const buffer = new CpuBuffer(this, this.heap.allocate(bytes, `buffer ${label}`), bytes, label);
    this.live.add(buffer);
    this.liveBuffers++;
    this.liveBytes += bytes;
    return buffer;
  }

  /** Called by a buffer when it is disposed. */
  released(buffer: CpuBuffer): void {
    if (!this.live.delete(buffer)) return;
    this.liveBuffers--;
    this.liveBytes -= buffer.bytes;
    this.heap.release(buffer.address, buffer.bytes);
  }

  kernel(source: KernelSource, constants: Record<string, number> = {}): Kernel {
    this.open();
    const key = keyOf(source, constants);
    let kernel = this.kernels.get(key);
    if (!kernel) this.kernels.set(key, kernel = this.makeKernel(source, constants));
    return kernel;
  }

  private makeKernel(source: KernelSource, constants: Readonly<Record<string, number>>): CpuKernel {
    const compiled = compile(source, constants, {
      checked: !(this.options.unchecked?.(source) ?? false),
      strict: this.options.strict ?? false,
    });
    const [x, y, z] = compiled.workgroupSize;
    if (x * y * z > CPU_LIMITS.maxWorkgroupInvocations) {
      throw new DeviceError(
        `kernel ${source.name}: expected a workgroup of at most ${CPU_LIMITS.maxWorkgroupInvocations} invocations ` +
          `but found @workgroup_size(${x}, ${y}, ${z}), which are ${x * y * z}. Use more and smaller workgroups.`,
      );
    }
    if (compiled.workgroupBytes > CPU_LIMITS.maxWorkgroupMemoryBytes) {
      throw new DeviceError(
        `kernel ${source.name}: expected at most ${CPU_LIMITS.maxWorkgroupMemoryBytes} bytes of var<workgroup> ` +
          `but found ${compiled.workgroupBytes}. Use smaller tiles, or a storage buffer.`,
      );
    }
    if (this.names.length === MAX_KERNELS) {
      throw new DeviceError(
        `kernel ${source.name}: expected at most ${MAX_KERNELS} kernels on one CPU device. ` +
          "Pass sizes that change often in a buffer, not as constants.",
      );
    }
    // Memory first: when it is short, nothing is left half made.
    this.growScratch(compiled.scratchBytes, source.name);
    const { length } = compiled.constants;
    const address = length > 0 ? this.heap.allocate(length, `constants of ${source.name}`) : 0;
    new Uint8Array(this.heap.memory.buffer, address, length).set(compiled.constants);
    try {
      const id = this.pool.add(compiled.wasm);
      this.names.push(source.name);
      return new CpuKernel(this, source.name, { ...constants }, id, compiled, address);
    } catch (error) {
      if (length > 0) this.heap.release(address, length);
      throw new DeviceError(
        `kernel ${source.name}: the engine does not take the kernel's WebAssembly (${compiled.wasm.length} bytes): ${
          error instanceof Error ? error.message : error
        }. Make the kernel shorter, or use fewer kernels on one device.`,
        { cause: error },
      );
    }
  }

  /** Every thread has memory of its own for workgroup variables and invocations. */
  private growScratch(bytes: number, name: string): void {
    const stride = Math.ceil(bytes / SCRATCH_ALIGNMENT) * SCRATCH_ALIGNMENT;
    if (stride <= this.scratch.stride) return;
    const { words, threads } = this.pool;
    // One block: either all threads get theirs or, when memory is short, all keep what they have.
    const at = this.heap.allocate(stride * threads, `the variables of kernel ${name}, for ${threads} threads,`);
    if (this.scratch.stride > 0) this.heap.release(this.scratch.at, this.scratch.stride * threads);
    this.scratch = { at, stride };
    for (let thread = 0; thread < threads; thread++) words[CONTROL.scratch + thread] = at + thread * stride;
  }

  // Kernels are compiled when they are made.
  // deno-lint-ignore require-await
  async ready(): Promise<void> {
    this.open();
  }

  submit(dispatches: readonly Dispatch[]): void {
    this.open();
    if (!Array.isArray(dispatches)) {
      throw new DeviceError(
        `submit: expected a list of dispatches [{ kernel, bindings, grid }, …] but found ${typeof dispatches}`,
      );
    }
    // All are checked before any runs: a wrong one leaves every buffer as it was.
    for (const dispatch of dispatches) this.validate(dispatch);
    let records = 0;
    let args = ARGS;
    let share = false;
    const flush = () => {
      if (records > 0) this.work(records, share);
      [records, args, share] = [0, ARGS, false];
    };
    for (const dispatch of dispatches) {
      const total = dispatch.grid[0] * dispatch.grid[1] * dispatch.grid[2];
      if (total === 0) continue;
      const kernel = dispatch.kernel as CpuKernel;
      const bytes = ARGUMENTS.bindings + kernel.compiled.bindings.length * ARGUMENTS.bytesPerBinding;
      if (records === MAX_RECORDS || args + bytes > ARGS + ARGS_BYTES) flush();
      this.record(records++, args, dispatch, total);
      args += bytes;
      if (total > 1) share = true;
    }
    flush();
  }

  private work(records: number, share: boolean): void {
    try {
      this.pool.work(records, share);
    } catch (error) {
      if (!(error instanceof KernelFailure)) throw error;
      const name = `kernel ${this.names[error.id]}`;
      throw new DeviceError(
        error.message.startsWith("RuntimeError")
          ? `${name}: an index out of range (${error.message}). Look for an index that may pass the end.`
          : `${name} could not run (${error.message}). Use fewer threads or smaller kernels.`,
      );
    }
  }

  private record(index: number, address: number, dispatch: Dispatch, total: number): void {
    const kernel = dispatch.kernel as CpuKernel;
    const { args, pool: { words } } = this;
    const at = RECORDS + index * RECORD.words;
    words[at + RECORD.kernel] = kernel.id;
    words[at + RECORD.args] = address;
    words[at + RECORD.total] = total;
    words[at + RECORD.chunk] = Math.max(1, Math.ceil(total / (this.pool.threads * PIECES)));
    words[at + RECORD.next] = 0;
    Atomics.store(words, at + RECORD.done, 0);
    dispatch.grid.forEach((count, axis) => args[address / 4 + axis] = count);
    args[(address + ARGUMENTS.constants) / 4] = kernel.constantAddress;
    kernel.compiled.bindings.forEach(({ binding }, i) => {
      const { buffer, offset = 0, bytes } = dispatch.bindings[binding];
      const word = (address + ARGUMENTS.bindings + i * ARGUMENTS.bytesPerBinding) / 4;
      args[word] = (buffer as CpuBuffer).address + offset;
      args[word + 1] = bytes ?? buffer.bytes - offset;
    });
  }

  private validate(dispatch: Dispatch): void {
    const { kernel, grid } = dispatch ?? {};
    if (!(kernel instanceof CpuKernel) || kernel.device !== this) {
      const found = kernel?.name === undefined ? "something else" : `kernel ${kernel.name} of another device`;
      throw new DeviceError(
        `submit: expected a kernel of this device in { kernel, bindings, grid } but found ${found}. ` +
          "Make it with device.kernel({ name, code }).",
      );
    }
    checkGrid(kernel.name, grid, CPU_LIMITS);
    checkBindings(dispatch, kernel.compiled, CPU_LIMITS, (buffer, what) => this.own(buffer, what));
  }

  private own(buffer: DeviceBuffer, what: string): CpuBuffer {
    if (!(buffer instanceof CpuBuffer) || buffer.device !== this) {
      const found = buffer?.label === undefined ? "something else" : `${buffer.label} of another device`;
      throw new DeviceError(
        `${what}: expected a buffer of this device but found ${found}. Make it with device.buffer(bytes, label).`,
      );
    }
    if (buffer.disposed) {
      throw new DeviceError(
        `${what}: expected a live buffer but ${buffer.label} is disposed. Keep it until its last use.`,
      );
    }
    return buffer;
  }

  // deno-lint-ignore require-await
  async profile(dispatches: readonly Dispatch[]): Promise<DispatchTime[]> {
    this.open();
    return dispatches.map((dispatch) => {
      const start = performance.now();
      this.submit([dispatch]);
      return { name: dispatch.kernel.name, nanoseconds: (performance.now() - start) * 1e6 };
    });
  }

  write(buffer: DeviceBuffer, data: ArrayBufferView, offset = 0): void {
    this.open();
    const what = `write to ${buffer?.label}`;
    const own = this.own(buffer, what);
    const bytes = hostBytes(data, what);
    checkRange(own, offset, bytes.length, what);
    new Uint8Array(this.heap.memory.buffer, own.address + offset, bytes.length).set(bytes);
  }

  // deno-lint-ignore require-await
  async read(buffer: DeviceBuffer, offset = 0, bytes?: number): Promise<ArrayBuffer> {
    this.open();
    const what = `read of ${buffer?.label}`;
    const own = this.own(buffer, what);
    const length = bytes ?? Math.max(0, own.bytes - offset);
    checkRange(own, offset, length, what);
    const copy = new Uint8Array(length);
    copy.set(new Uint8Array(this.heap.memory.buffer, own.address + offset, length));
    return copy.buffer;
  }

  // deno-lint-ignore require-await
  async sync(): Promise<void> {
    this.open();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  close(): void {
    if (this.closed) return;
    for (const buffer of [...this.live]) buffer.dispose();
    this.kernels.clear();
    this.pool.close();
    this.closed = true;
  }
}

/**
 * Opens the CPU device: the same WGSL kernels as on a GPU, compiled to WebAssembly SIMD. Needs no driver and no flag.
 *
 * @example
 * ```ts
 * import { openCpuDevice } from "@tessera/worlds/cpu";
 * const device = await openCpuDevice({ threads: 1 });
 * const kernel = device.kernel({
 *   name: "double",
 *   code: `@group(0) @binding(0) var<storage, read_write> x: array<f32>;
 *     @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) { x[id.x] *= 2.0; }`,
 * });
 * const x = device.buffer(16, "x");
 * device.write(x, new Float32Array([1, 2, 3, 4]));
 * device.submit([{ kernel, bindings: [{ buffer: x }], grid: [4, 1, 1] }]);
 * console.log(new Float32Array(await device.read(x))); // 2, 4, 6, 8
 * device.close();
 * ```
 *
 * @throws DeviceError for a number of threads below 1.
 */
export async function openCpuDevice(options: CpuOptions = {}): Promise<Device & Disposable> {
  const threads = options.threads ?? Math.min(navigator.hardwareConcurrency || 1, 16);
  if (!Number.isInteger(threads) || threads < 1) {
    throw new DeviceError(
      `openCpuDevice: expected a whole number of threads, at least 1, but found ${
        typeof threads === "number" ? threads : JSON.stringify(threads)
      }`,
    );
  }
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES, shared: true });
  return new CpuDevice(new Heap(memory, HEAP_START), await Pool.open(memory, threads), options);
}
