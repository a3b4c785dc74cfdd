/** A `Device` over Deno's native WebGPU. No type of WebGPU leaves this file and its neighbours `webgpu_*.ts`. */
import {
  type Device,
  type DeviceBuffer,
  DeviceError,
  type DeviceLimits,
  type Dispatch,
  type DispatchTime,
  type Kernel,
  type KernelSource,
} from "./device.ts";
import { hostBytes } from "./host_bytes.ts";
import { adapterLimits, adapterName, isSoftware, wantedFeatures } from "./webgpu_adapter.ts";
import { checkWindow, StagingPool, WebGpuBuffer } from "./webgpu_buffer.ts";
import { DispatchCache, type Prepared } from "./webgpu_dispatch.ts";
import { KernelCache } from "./webgpu_kernel.ts";
import { profileDispatches } from "./webgpu_profile.ts";
import { checkKnownAnswer } from "./webgpu_self_test.ts";

/**
 * Opens a device on an adapter with all of its limits, and runs a kernel whose answer is known.
 * @throws DeviceError when the adapter gives no device or computes wrongly.
 */
export async function openWebGpuDevice(adapter: GPUAdapter): Promise<Device & Disposable> {
  const limits = adapterLimits(adapter);
  let gpu: GPUDevice;
  try {
    gpu = await adapter.requestDevice({
      requiredFeatures: wantedFeatures(adapter),
      requiredLimits: limits.requested,
    });
  } catch (error) {
    throw new DeviceError(
      `${adapterName(adapter)}: the adapter gives no device; update the driver or choose another device`,
      { cause: error },
    );
  }
  const device = new WebGpuDevice(gpu, adapterName(adapter), isSoftware(adapter), limits.device);
  try {
    await checkKnownAnswer(device);
  } catch (error) {
    device.close();
    throw error;
  }
  return device;
}

class WebGpuDevice implements Device {
  readonly kind = "webgpu";
  readonly #gpu: GPUDevice;
  readonly #kernels: KernelCache;
  readonly #dispatches: DispatchCache;
  readonly #staging: StagingPool;
  readonly #live = new Set<WebGpuBuffer>();
  #liveBytes = 0;
  #nextBuffer = 0;
  #closed = false;
  #lost: DeviceError | null = null;
  #failure: DeviceError | null = null;
  /** Settles when the error scopes opened so far have reported. */
  #checked: Promise<void> = Promise.resolve();

  constructor(gpu: GPUDevice, readonly name: string, readonly software: boolean, readonly limits: DeviceLimits) {
    this.#gpu = gpu;
    this.#kernels = new KernelCache(gpu, this);
    this.#dispatches = new DispatchCache(this, gpu, limits, this.#kernels);
    this.#staging = new StagingPool(gpu);
    gpu.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#fail("the device reported an error", (event as GPUUncapturedErrorEvent).error);
    });
    gpu.lost.then((info) => {
      if (this.#closed) return;
      this.#lost = new DeviceError(
        `${this.name} was lost (${
          info.reason ?? "unknown"
        }): ${info.message}; open a new device and restore a checkpoint`,
        { cause: info },
      );
    });
  }

  get liveBuffers(): number {
    return this.#live.size;
  }

  get liveBytes(): number {
    return this.#liveBytes;
  }

  buffer(bytes: number, label: string): DeviceBuffer {
    this.#usable();
    const most = this.limits.maxBufferBytes;
    if (!Number.isInteger(bytes) || bytes <= 0 || bytes % 4 !== 0) {
      throw new DeviceError(`buffer "${label}": expected a positive multiple of 4 bytes but found ${bytes}`);
    }
    if (bytes > most) {
      throw new DeviceError(
        `buffer "${label}": expected at most ${most} bytes on ${this.name} but found ${bytes}; use a smaller batch or preset`,
      );
    }
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const gpuBuffer = this.#guard(
      `buffer "${label}" of ${bytes} bytes (${this.#liveBytes} bytes in ${this.#live.size} buffers are in use)`,
      () => this.#gpu.createBuffer({ label, size: bytes, usage }),
    );
    const buffer = new WebGpuBuffer(this, this.#nextBuffer++, bytes, label, gpuBuffer, (gone) => {
      this.#live.delete(gone);
      this.#liveBytes -= gone.bytes;
      this.#dispatches.forget(gone);
    });
    this.#live.add(buffer);
    this.#liveBytes += bytes;
    return buffer;
  }

  kernel(source: KernelSource, constants: Record<string, number> = {}): Kernel {
    this.#usable();
    return this.#kernels.get(source, constants);
  }

  async ready(): Promise<void> {
    this.#usable();
    await this.#settled();
  }

  submit(dispatches: readonly Dispatch[]): void {
    this.#throwKernelFailure();
    this.#usable();
    if (dispatches.length === 0) return;
    this.#guard(`a submission of ${dispatches.length} dispatches`, () => {
      // Everything is checked before anything is encoded: a wrong dispatch leaves the device as it was.
      const prepared = dispatches.map((dispatch) => this.#dispatches.prepare(dispatch));
      const encoder = this.#gpu.createCommandEncoder();
      const pass = encoder.beginComputePass();
      let pipeline: GPUComputePipeline | null = null;
      for (const item of prepared) {
        if (item.pipeline !== pipeline) pass.setPipeline(pipeline = item.pipeline);
        pass.setBindGroup(0, item.group);
        pass.dispatchWorkgroups(item.grid[0], item.grid[1], item.grid[2]);
      }
      pass.end();
      this.#gpu.queue.submit([encoder.finish()]);
    });
  }

  async profile(dispatches: readonly Dispatch[]): Promise<DispatchTime[] | null> {
    this.#usable();
    if (!this.#gpu.features.has("timestamp-query")) {
      this.submit(dispatches);
      await this.sync();
      return null;
    }
    const prepared: Prepared[] = this.#guard(
      "a profiled submission",
      () => dispatches.map((dispatch) => this.#dispatches.prepare(dispatch)),
    );
    const times = await profileDispatches(this.#gpu, this.#staging, prepared);
    await this.#settled();
    return times;
  }

  write(buffer: DeviceBuffer, data: ArrayBufferView, offset = 0): void {
    this.#usable();
    const own = this.#own(buffer, "write to");
    const bytes = hostBytes(data, `write to "${buffer.label}"`) as Uint8Array<ArrayBuffer>;
    checkWindow(buffer, offset, bytes.length, "write to");
    if (bytes.length === 0) return;
    this.#guard(`a write to "${buffer.label}"`, () => this.#gpu.queue.writeBuffer(own.gpu, offset, bytes));
  }

  async read(buffer: DeviceBuffer, offset = 0, bytes = buffer.bytes - offset): Promise<ArrayBuffer> {
    this.#usable();
    const own = this.#own(buffer, "read from");
    checkWindow(buffer, offset, bytes, "read from");
    if (bytes === 0) return new ArrayBuffer(0);
    let data: ArrayBuffer;
    try {
      data = await this.#guard(`a read from "${buffer.label}"`, () => this.#staging.read(own.gpu, offset, bytes));
    } catch (error) {
      await this.#settled();
      throw new DeviceError(`read from "${buffer.label}" failed on ${this.name}`, { cause: error });
    }
    await this.#settled();
    return data;
  }

  async sync(): Promise<void> {
    this.#usable();
    // Reading four bytes waits for the queue like onSubmittedWorkDone, without Deno's fixed sleep of 10 ms.
    await this.#staging.wait();
    await this.#settled();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const buffer of [...this.#live]) buffer.dispose();
    this.#staging.close();
    this.#gpu.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Runs something inside error scopes; what they catch is thrown by the next call. */
  #guard<T>(what: string, run: () => T): T {
    this.#gpu.pushErrorScope("out-of-memory");
    this.#gpu.pushErrorScope("validation");
    try {
      return run();
    } finally {
      const validation = this.#gpu.popErrorScope();
      const memory = this.#gpu.popErrorScope();
      this.#checked = Promise.all([this.#checked, validation, memory]).then(([, wrong, short]) => {
        if (short) {
          this.#fail(`out of memory: ${what}; use a smaller batch or preset, or free what is no longer used`, short);
        } else if (wrong) this.#fail(`${what} was refused`, wrong);
      }, (error) => this.#fail(`${what}: the device did not answer`, error));
    }
  }

  #fail(what: string, cause: unknown): void {
    if (this.#closed) return;
    const text = cause instanceof Error ? cause.message : (cause as { message?: string })?.message ?? String(cause);
    this.#failure ??= new DeviceError(`${this.name}: ${what}: ${text.trim()}`, { cause });
  }

  /** Waits for the error scopes and throws what they caught. */
  async #settled(): Promise<void> {
    await this.#kernels.checked();
    await this.#checked;
    this.#throwKernelFailure();
    this.#usable();
  }

  #throwKernelFailure(): void {
    const failure = this.#kernels.takeFailure();
    if (!failure) return;
    this.#failure = null; // what a refused kernel led to says less than the refusal
    throw failure;
  }

  /** @throws DeviceError when the device is closed or lost, or when an earlier call failed. */
  #usable(): void {
    if (this.#closed) throw new DeviceError(`${this.name} is closed; open a new device`);
    if (this.#lost) throw new DeviceError(this.#lost.message, { cause: this.#lost });
    if (this.#failure) {
      const failure = this.#failure;
      this.#failure = null;
      throw failure;
    }
  }

  #own(buffer: DeviceBuffer, what: string): WebGpuBuffer {
    if (!(buffer instanceof WebGpuBuffer) || buffer.owner !== this) {
      throw new DeviceError(
        `${what} "${buffer.label}": expected a buffer of ${this.name} but found one of another device`,
      );
    }
    if (buffer.disposed) {
      throw new DeviceError(`${what} "${buffer.label}": the buffer was disposed; keep it until the last use`);
    }
    return buffer;
  }
}
