/** From a `Dispatch` to what the command encoder needs. Checked and built once, then replayed from a cache. */
import { type Binding, DeviceError, type DeviceLimits, type Dispatch } from "./device.ts";
import { WebGpuBuffer } from "./webgpu_buffer.ts";
import { type KernelCache, type Pipeline, WebGpuKernel } from "./webgpu_kernel.ts";

/** A dispatch ready for the encoder. */
export interface Prepared {
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly grid: readonly [number, number, number];
  readonly buffers: readonly WebGpuBuffer[];
}

interface Slot {
  readonly index: number;
  readonly buffer: WebGpuBuffer;
  readonly offset: number;
  readonly bytes: number;
  readonly writes: boolean;
}

/** Prepares dispatches. Keeps one result per `Dispatch` object and one bind group per (pipeline, windows). */
export class DispatchCache {
  readonly #prepared = new WeakMap<Dispatch, Prepared>();
  readonly #groups = new Map<string, GPUBindGroup>();

  constructor(
    readonly owner: object,
    readonly gpu: GPUDevice,
    readonly limits: DeviceLimits,
    readonly kernels: KernelCache,
  ) {}

  /** Call inside an error scope. @throws DeviceError when the dispatch cannot run as it is. */
  prepare(dispatch: Dispatch): Prepared {
    if (dispatch.kernel instanceof WebGpuKernel && dispatch.kernel.problem) throw dispatch.kernel.problem;
    let prepared = this.#prepared.get(dispatch);
    if (!prepared) {
      prepared = this.#build(dispatch);
      this.#prepared.set(dispatch, prepared);
    }
    for (const buffer of prepared.buffers) if (buffer.disposed) throw disposed(prepared.name, buffer);
    return prepared;
  }

  /** Forgets the bind groups of a buffer that is gone. */
  forget(buffer: WebGpuBuffer): void {
    for (const key of buffer.bindGroups) this.#groups.delete(key);
    buffer.bindGroups.clear();
  }

  #build(dispatch: Dispatch): Prepared {
    const kernel = dispatch.kernel;
    if (!(kernel instanceof WebGpuKernel) || kernel.owner !== this.owner) {
      throw new DeviceError(
        `kernel ${kernel.name}: expected a kernel of this device but found one of another; compile it with device.kernel`,
      );
    }
    this.#checkGrid(kernel.name, dispatch.grid);
    const slots = this.#slots(kernel, dispatch.bindings);
    const shared = sharedReads(kernel.name, slots);
    const pipeline = shared.size === 0 ? kernel.plain : this.kernels.writable(kernel, shared);
    return {
      name: kernel.name,
      pipeline: pipeline.pipeline,
      group: this.#group(kernel, pipeline, shared, slots),
      grid: [dispatch.grid[0], dispatch.grid[1], dispatch.grid[2]],
      buffers: [...new Set(slots.map((slot) => slot.buffer))],
    };
  }

  #slots(kernel: WebGpuKernel, bindings: readonly Binding[]): Slot[] {
    const { access, declaredBindings } = kernel.declarations;
    if (bindings.length > declaredBindings) {
      throw new DeviceError(
        `kernel ${kernel.name}: expected at most ${declaredBindings} bindings but found ${bindings.length}`,
      );
    }
    const slots: Slot[] = [];
    for (const [index, how] of access) {
      const binding = bindings[index];
      const where = `kernel ${kernel.name}, binding ${index}`;
      if (!binding) throw new DeviceError(`${where}: expected a buffer but found ${bindings.length} bindings`);
      const buffer = binding.buffer;
      if (!(buffer instanceof WebGpuBuffer) || buffer.owner !== this.owner) {
        throw new DeviceError(`${where}: expected a buffer of this device but found one of another`);
      }
      if (buffer.disposed) throw disposed(kernel.name, buffer);
      const offset = binding.offset ?? 0;
      const bytes = binding.bytes ?? buffer.bytes - offset;
      this.#checkWindow(`${where} ("${buffer.label}")`, buffer, offset, bytes);
      slots.push({ index, buffer, offset, bytes, writes: how === "read_write" });
    }
    return slots;
  }

  #checkWindow(where: string, buffer: WebGpuBuffer, offset: number, bytes: number): void {
    const { bindingAlignment, maxBindingBytes } = this.limits;
    if (!Number.isInteger(offset) || offset < 0 || offset % bindingAlignment !== 0) {
      throw new DeviceError(
        `${where}: expected an offset that is a multiple of ${bindingAlignment} but found ${offset}`,
      );
    }
    if (!Number.isInteger(bytes) || bytes <= 0 || bytes % 4 !== 0) {
      throw new DeviceError(`${where}: expected a window of a positive multiple of 4 bytes but found ${bytes}`);
    }
    if (offset + bytes > buffer.bytes) {
      throw new DeviceError(
        `${where}: expected a window inside ${buffer.bytes} bytes but found offset ${offset} + ${bytes} bytes`,
      );
    }
    if (bytes > maxBindingBytes) {
      throw new DeviceError(
        `${where}: expected at most ${maxBindingBytes} bytes in one binding of this device but found ${bytes}; ` +
          "use a smaller batch or bind a window",
      );
    }
  }

  #checkGrid(name: string, grid: readonly [number, number, number]): void {
    const { maxGrid } = this.limits;
    if (grid.length !== 3 || !grid.every((count) => Number.isInteger(count) && count >= 0 && count <= maxGrid)) {
      throw new DeviceError(
        `kernel ${name}: expected a grid of three whole numbers from 0 to ${maxGrid} but found [${grid.join(", ")}]; ` +
          "spread the work over another axis",
      );
    }
  }

  #group(kernel: WebGpuKernel, pipeline: Pipeline, shared: ReadonlySet<number>, slots: readonly Slot[]): GPUBindGroup {
    const windows = slots.map((slot) => `${slot.index}:${slot.buffer.id}:${slot.offset}:${slot.bytes}`);
    const key = `${kernel.id}|${[...shared].join(",")}|${windows.join("|")}`;
    let group = this.#groups.get(key);
    if (!group) {
      group = this.gpu.createBindGroup({
        label: kernel.name,
        layout: pipeline.layout,
        entries: slots.map(({ index, buffer, offset, bytes }) => ({
          binding: index,
          resource: { buffer: buffer.gpu, offset, size: bytes },
        })),
      });
      this.#groups.set(key, group);
      for (const slot of slots) slot.buffer.bindGroups.add(key);
    }
    return group;
  }
}

/** Bindings only read, whose buffer another binding of the same dispatch writes. @throws DeviceError when windows overlap. */
function sharedReads(name: string, slots: readonly Slot[]): Set<number> {
  const shared = new Set<number>();
  for (const writer of slots) {
    if (!writer.writes) continue;
    for (const other of slots) {
      if (other === writer || other.buffer !== writer.buffer) continue;
      const apart = other.offset + other.bytes <= writer.offset || writer.offset + writer.bytes <= other.offset;
      if (!apart) {
        throw new DeviceError(
          `kernel ${name}: expected windows that do not overlap but found bindings ${writer.index} (written) and ` +
            `${other.index} over the same bytes of "${writer.buffer.label}"; write to another place`,
        );
      }
      if (!other.writes) shared.add(other.index);
    }
  }
  return shared;
}

function disposed(kernel: string, buffer: WebGpuBuffer): DeviceError {
  return new DeviceError(
    `kernel ${kernel}: expected a live buffer but found "${buffer.label}", which was disposed; keep it until the last use`,
  );
}
