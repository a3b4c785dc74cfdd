import type { Device, DeviceBuffer, Dispatch, DispatchTime } from "../device/device.ts";
import { hostLeaves, type HostOf, mapResult, placeholders, type Result, resultLeaves, signature } from "./arguments.ts";
import { makePlan, type Plan } from "./plan.ts";
import { allocate, realise } from "./realise.ts";
import { rootOf } from "./root.ts";
import { Tensor } from "./tensor.ts";
import { storageBytes } from "./shape.ts";
import { record } from "./trace.ts";

/** Time and work of all runs of one kernel in a program. */
export interface KernelProfile {
  /** Name of the kernel. */
  readonly name: string;
  /** Runs of it in one run of the program. */
  readonly calls: number;
  /** Time of all of them. */
  readonly nanoseconds: number;
  /** Work of all of them. */
  readonly flops: number;
  /** Bytes that they move at least. */
  readonly bytes: number;
}

/** Memory and work of a program, known before its first run. */
export interface Estimate {
  /** Kernel runs per run of the program. */
  readonly dispatches: number;
  /** Floating-point operations per run. */
  readonly flops: number;
  /** Bytes for temporary values, after reuse. */
  readonly temporaryBytes: number;
  /** The same without reuse. */
  readonly temporaryBytesWithoutReuse: number;
  /** Bytes for arguments and outputs. */
  readonly ownBytes: number;
}

/**
 * Turns a function on tensors into a program: traced once per shape of its arguments, differentiated, planned, and then
 * replayed with one submission per run.
 *
 * The function runs only while tracing. Tensors with memory that it closes over (parameters, state, data) are read, and
 * changed by `assign` and optimisers, in place. The tensors it returns live until the next run, which overwrites them.
 *
 * @example
 * ```ts
 * import { compile, mean, openDevice, square, type Tensor } from "@tessera/worlds";
 * const device = await openDevice();
 * const power = compile(device, (signal: Tensor) => mean(square(signal)));
 * console.log(await power.run(new Float32Array([3, 4])).item()); // 12.5
 * device.close();
 * ```
 */
export function compile<A extends unknown[], R extends Result>(device: Device, fn: (...args: A) => R): Program<A, R> {
  return new Program<A, R>(device, fn);
}

/** A compiled function. @see compile */
export class Program<A extends unknown[], R extends Result> {
  #versions = new Map<string, Version<R>>();

  /** Use `compile`. */
  constructor(readonly device: Device, readonly fn: (...args: A) => R) {}

  /** Queues one run and returns at once. Reading the result waits for it. */
  run(...args: { [K in keyof A]: HostOf<A[K]> }): R {
    const version = this.#version(args);
    this.device.submit(version.prepare(args));
    return version.result;
  }

  /** Traces and plans for arguments of these shapes; takes no memory and runs nothing. */
  estimate(...args: { [K in keyof A]: HostOf<A[K]> }): Estimate {
    return this.#version(args).estimate;
  }

  /** One run with every kernel timed on the device; `null` where the device cannot. Slowest kernel first. */
  async profile(...args: { [K in keyof A]: HostOf<A[K]> }): Promise<KernelProfile[] | null> {
    const version = this.#version(args);
    const times = await this.device.profile(version.prepare(args));
    return times && version.summarise(times);
  }

  /** Gives all memory of the program back, its results included. The next run makes it anew. */
  dispose(): void {
    for (const version of this.#versions.values()) version.dispose();
    this.#versions.clear();
  }

  #version(args: readonly unknown[]): Version<R> {
    const key = JSON.stringify(args.map(signature));
    let version = this.#versions.get(key);
    if (!version) {
      version = new Version<R>(this.device, this.fn as (...args: unknown[]) => R, args);
      this.#versions.set(key, version);
    }
    return version;
  }
}

/** A program for one set of argument shapes. Memory and kernels are made before the first run. */
class Version<R extends Result> {
  readonly #plan: Plan;
  readonly #inputs: Tensor[] = [];
  readonly #traced: R;
  #result: R | null = null;
  #dispatches: Dispatch[] | null = null;
  #owned: DeviceBuffer[] = [];

  constructor(readonly device: Device, fn: (...args: unknown[]) => R, args: readonly unknown[]) {
    const traced = args.map((arg, i) => placeholders(arg, `argument ${i}`, this.#inputs));
    const { result, trace } = record(() => fn(...traced));
    this.#traced = result;
    this.#plan = makePlan(resultLeaves(result), trace.effects, device);
  }

  get result(): R {
    return this.#result!;
  }

  get estimate(): Estimate {
    const bytes = (tensors: readonly Tensor[]) => tensors.reduce((sum, t) => sum + storageBytes(t.shape, t.dtype), 0);
    return {
      dispatches: this.#plan.calls.length,
      flops: this.#plan.flops,
      temporaryBytes: this.#plan.slabs.reduce((a, b) => a + b, 0),
      temporaryBytesWithoutReuse: this.#plan.bytesWithoutReuse,
      ownBytes: bytes(this.#inputs) + bytes(this.#plan.kept),
    };
  }

  /** Writes the arguments and returns what to submit. */
  prepare(args: readonly unknown[]): Dispatch[] {
    const dispatches = this.#dispatches ?? this.#realise();
    args.flatMap(hostLeaves).forEach((leaf, i) => this.#inputs[i].write(leaf));
    return dispatches;
  }

  #realise(): Dispatch[] {
    const inputs = this.#inputs.map((input) => allocate(this.device, input));
    const { dispatches, kept, slabs } = realise(this.#plan, this.device);
    this.#owned = [...inputs, ...kept, ...slabs];
    this.#result = mapResult(this.#traced, (tensor) => {
      const out = new Tensor(tensor.shape, tensor.dtype, null, tensor.label);
      out.storage = { ...rootOf(tensor).storage!, borrowed: true };
      return out;
    });
    return this.#dispatches = dispatches;
  }

  summarise(times: readonly DispatchTime[]): KernelProfile[] {
    const rows = new Map<string, { name: string; calls: number; nanoseconds: number; flops: number; bytes: number }>();
    this.#plan.calls.forEach(({ name, cost }, i) => {
      const row = rows.get(name) ?? { name, calls: 0, nanoseconds: 0, flops: 0, bytes: 0 };
      row.calls++;
      row.nanoseconds += times[i].nanoseconds;
      row.flops += cost.flops;
      row.bytes += cost.bytes;
      rows.set(name, row);
    });
    return [...rows.values()].sort((a, b) => b.nanoseconds - a.nanoseconds);
  }

  dispose(): void {
    for (const buffer of this.#owned) buffer.dispose();
    this.#owned = [];
  }
}
