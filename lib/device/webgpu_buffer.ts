/** Memory on a WebGPU device, and the staging buffers through which it is read. */
import { type DeviceBuffer, DeviceError } from "./device.ts";

/** A storage buffer. The device counts it until `dispose`. */
export class WebGpuBuffer implements DeviceBuffer {
  #disposed = false;
  /** Keys of cached bind groups that hold this buffer. */
  readonly bindGroups = new Set<string>();

  constructor(
    readonly owner: object,
    readonly id: number,
    readonly bytes: number,
    readonly label: string,
    readonly gpu: GPUBuffer,
    readonly onDispose: (buffer: WebGpuBuffer) => void,
  ) {}

  get disposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.gpu.destroy();
    this.onDispose(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Checks that a window lies in the buffer, on multiples of 4 bytes. */
export function checkWindow(buffer: DeviceBuffer, offset: number, bytes: number, what: string): void {
  if (!Number.isInteger(offset) || offset < 0 || offset % 4 !== 0) {
    throw new DeviceError(`${what} "${buffer.label}": expected an offset that is a multiple of 4 but found ${offset}`);
  }
  if (!Number.isInteger(bytes) || bytes < 0 || bytes % 4 !== 0) {
    throw new DeviceError(
      `${what} "${buffer.label}": expected a number of bytes that is a multiple of 4 but found ${bytes}; pad the data`,
    );
  }
  if (offset + bytes > buffer.bytes) {
    throw new DeviceError(
      `${what} "${buffer.label}": expected at most ${buffer.bytes} bytes but found offset ${offset} + ${bytes} bytes`,
    );
  }
}

const SMALLEST_STAGING = 4096;
/** Free staging memory kept for the next read. */
const MOST_POOLED_BYTES = 64 * 1024 * 1024;

/** Staging buffers by size (powers of two), reused from read to read. */
export class StagingPool {
  readonly #gpu: GPUDevice;
  readonly #free = new Map<number, GPUBuffer[]>();
  #probe: GPUBuffer | null = null;
  #pooled = 0;
  #closed = false;

  constructor(gpu: GPUDevice) {
    this.#gpu = gpu;
  }

  /** Copies a window to the host after all work queued so far. */
  async read(source: GPUBuffer, offset: number, bytes: number): Promise<ArrayBuffer> {
    const staging = this.#take(bytes);
    const encoder = this.#gpu.createCommandEncoder();
    encoder.copyBufferToBuffer(source, offset, staging, 0, bytes);
    this.#gpu.queue.submit([encoder.finish()]);
    // Deno waits for the device as soon as mapAsync is called, yet resolves its promise only after a fixed sleep of 10 ms.
    // The memory is readable before that, so it is read at once and the promise only returns the staging buffer.
    const mapped = staging.mapAsync(GPUMapMode.READ, 0, bytes);
    const early = tryRead(staging, bytes);
    if (early) {
      mapped.then(() => this.#giveBack(staging), () => staging.destroy());
      return early;
    }
    try {
      await mapped;
      const data = staging.getMappedRange(0, bytes).slice(0);
      this.#giveBack(staging);
      return data;
    } catch (error) {
      staging.destroy();
      throw error;
    }
  }

  /** Waits for all work queued so far. */
  async wait(): Promise<void> {
    this.#probe ??= this.#gpu.createBuffer({ label: "probe", size: 4, usage: GPUBufferUsage.COPY_SRC });
    await this.read(this.#probe, 0, 4);
  }

  close(): void {
    this.#closed = true;
    this.#probe?.destroy();
    for (const list of this.#free.values()) for (const buffer of list) buffer.destroy();
    this.#free.clear();
  }

  #take(bytes: number): GPUBuffer {
    const size = Math.max(SMALLEST_STAGING, 2 ** Math.ceil(Math.log2(bytes)));
    const free = this.#free.get(size)?.pop();
    if (free) {
      this.#pooled -= size;
      return free;
    }
    // Mapped once at creation: Deno 2.9 aborts when getMappedRange is called on a buffer that never was mapped.
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const staging = this.#gpu.createBuffer({ label: "staging", size, usage, mappedAtCreation: true });
    staging.unmap();
    return staging;
  }

  #giveBack(staging: GPUBuffer): void {
    if (this.#closed) return staging.destroy();
    staging.unmap();
    if (this.#pooled + staging.size > MOST_POOLED_BYTES) {
      staging.destroy();
      return;
    }
    this.#pooled += staging.size;
    const list = this.#free.get(staging.size);
    if (list) list.push(staging);
    else this.#free.set(staging.size, [staging]);
  }
}

function tryRead(staging: GPUBuffer, bytes: number): ArrayBuffer | null {
  try {
    return staging.getMappedRange(0, bytes).slice(0);
  } catch {
    return null; // not mapped yet
  }
}
