import type { Binding, Device, DeviceBuffer } from "../device/device.ts";
import type { Node } from "./node.ts";
import { type DType, elements, formatShape, type Shape, storageBytes } from "./shape.ts";

/** A window of device memory that holds one tensor. */
export interface Storage {
  /** Where the memory is. */
  readonly device: Device;
  /** The buffer it lies in. */
  readonly buffer: DeviceBuffer;
  /** Bytes from the start of the buffer. */
  readonly offset: number;
  /** Size of the window, padding included. */
  readonly bytes: number;
  /** The memory is somebody else's: `dispose` leaves it alone. */
  readonly borrowed?: true;
}

/** Host memory that a tensor can be made from or read into. */
export type HostData = Float32Array | Int32Array | Uint32Array | Uint8Array;

let created = 0;
/** The next number in the order in which tensors and nodes were made. That order is the order of a trace. */
export function nextId(): number {
  return created++;
}

/**
 * An array of numbers: a shape, an element type, and either memory on a device or the operation that will compute it.
 *
 * Operations on tensors build a graph. Inside `compile` the whole graph becomes one program; outside, `data()` and `item()`
 * compute what is needed when it is asked for.
 */
export class Tensor {
  /** Place in the order of making. */
  readonly id: number = nextId();
  /** Name for errors and profiles. */
  label: string;
  /** Memory, once there is some. */
  storage: Storage | null = null;

  /** Use `tensor`, `zeros` or an operation. */
  constructor(
    readonly shape: Shape,
    readonly dtype: DType,
    /** The operation that computes this tensor; `null` for data, parameters and state. */
    readonly node: Node | null = null,
    label = "",
  ) {
    for (const size of shape) {
      if (!Number.isInteger(size) || size < 1) {
        throw new RangeError(`tensor ${label}: expected positive integer sizes, but found ${formatShape(shape)}`);
      }
    }
    this.label = label;
  }

  /** Number of elements. */
  get size(): number {
    return elements(this.shape);
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** The window of memory as kernels bind it. */
  get binding(): Binding {
    const { buffer, offset, bytes } = this.#memory("bind");
    return { buffer, offset, bytes };
  }

  /**
   * Copies the elements to the host; computes them first if need be. Waits for the device.
   * @returns Float32Array, Int32Array, Uint32Array or Uint8Array, by `dtype`, in row-major order.
   */
  async data(): Promise<HostData> {
    if (!this.storage) await (await import("./evaluate.ts")).evaluate([this]);
    const { device, buffer, offset } = this.#memory("read");
    const bytes = Math.ceil(this.size * (this.dtype === "u8" ? 1 : 4) / 4) * 4;
    const copy = await device.read(buffer, offset, bytes);
    switch (this.dtype) {
      case "f32":
        return new Float32Array(copy);
      case "i32":
        return new Int32Array(copy);
      case "u32":
        return new Uint32Array(copy);
      case "u8":
        return new Uint8Array(copy, 0, this.size);
    }
  }

  /** `data()` of an f32 tensor. @throws TypeError for another type. */
  async floats(): Promise<Float32Array> {
    const data = await this.data();
    if (data instanceof Float32Array) return data;
    throw new TypeError(`floats(): expected an f32 tensor, but found ${this.dtype}; use data()`);
  }

  /** The only element of a tensor with one element. */
  async item(): Promise<number> {
    if (this.size !== 1) {
      throw new RangeError(`item(): expected one element, but found shape ${formatShape(this.shape)}; use data()`);
    }
    return (await this.data())[0];
  }

  /** Overwrites the elements of a tensor that has memory. */
  write(data: HostData): void {
    const { device, buffer, offset } = this.#memory("write");
    device.write(buffer, padded(checked(data, this.shape, this.dtype, this.label)), offset);
  }

  /** Gives the memory of a tensor back. Does nothing for windows and results of programs, whose memory is somebody else's. */
  dispose(): void {
    if (!this.storage || this.storage.borrowed) return;
    this.storage.buffer.dispose();
    this.storage = null;
  }

  #memory(verb: string): Storage {
    if (this.storage) return this.storage;
    const why = this.node
      ? "it is part of a trace, which has no values; return it from the compiled function and read the result"
      : "it has no memory: it was disposed, or its parameters were not put on a device yet (Parameters.place)";
    throw new Error(`cannot ${verb} tensor ${this.label || "#" + this.id} ${formatShape(this.shape)}: ${why}`);
  }
}

/**
 * A tensor with the given elements.
 *
 * @param data numbers, or a typed array whose type decides the element type
 * @param shape default: one axis
 *
 * @example
 * ```ts
 * import { matmul, openDevice, tensor } from "@tessera/worlds";
 * const device = await openDevice();
 * const a = tensor(device, [1, 2, 3, 4], [2, 2]);
 * console.log(await matmul(a, a).data()); // 7, 10, 15, 22
 * device.close();
 * ```
 */
export function tensor(device: Device, data: HostData | readonly number[], shape?: Shape, label = "data"): Tensor {
  const host = isHostData(data) ? data : Float32Array.from(data);
  const out = new Tensor(shape ?? [host.length], dtypeOf(host), null, label);
  checked(host, out.shape, out.dtype, label);
  allocate(device, out);
  out.write(host);
  return out;
}

/** A tensor of zeros, with memory of its own: state, counters, moments. */
export function zeros(device: Device, shape: Shape, dtype: DType = "f32", label = "zeros"): Tensor {
  const out = new Tensor(shape, dtype, null, label);
  allocate(device, out);
  return out;
}

/** A window of `shape` into the memory of another tensor, `offset` elements in (4-byte types only). */
export function windowOf(base: Tensor, offset: number, shape: Shape, label: string): Tensor {
  const out = new Tensor(shape, base.dtype, null, label);
  const { device, buffer, offset: start } = base.storage!;
  out.storage = { device, buffer, offset: start + offset * 4, bytes: storageBytes(shape, base.dtype), borrowed: true };
  return out;
}

function allocate(device: Device, out: Tensor): void {
  const bytes = storageBytes(out.shape, out.dtype);
  out.storage = { device, buffer: device.buffer(bytes, out.label), offset: 0, bytes };
}

export function isHostData(value: unknown): value is HostData {
  return value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint32Array ||
    value instanceof Uint8Array;
}

export function dtypeOf(data: HostData): DType {
  if (data instanceof Float32Array) return "f32";
  if (data instanceof Int32Array) return "i32";
  return data instanceof Uint32Array ? "u32" : "u8";
}

function checked(data: HostData, shape: Shape, dtype: DType, label: string): HostData {
  if (dtypeOf(data) !== dtype) {
    throw new TypeError(`tensor ${label}: expected ${dtype} data, but found ${data.constructor.name}`);
  }
  if (data.length !== elements(shape)) {
    throw new RangeError(
      `tensor ${label}: expected ${elements(shape)} elements for shape ${formatShape(shape)}, but found ${data.length}`,
    );
  }
  return data;
}

/** Devices copy whole words; a byte array may need up to three more bytes. */
function padded(data: HostData): HostData {
  if (!(data instanceof Uint8Array) || data.length % 4 === 0) return data;
  const out = new Uint8Array(Math.ceil(data.length / 4) * 4);
  out.set(data);
  return out;
}
