import type { Device } from "../../device/device.ts";
import { assign } from "./assign.ts";
import { greaterEqual, multiply } from "./arithmetic.ts";
import { elements, type Shape } from "../shape.ts";
import { type Tensor, tensor } from "../tensor.ts";
import { activeTrace } from "../trace.ts";
import { map } from "./elementwise.ts";
import { stopGradient } from "./view.ts";

/**
 * Random numbers made on the device from a key and a counter (Philox 4x32-10; Salmon et al. 2011). The same key and counter
 * give the same numbers on every device. The counter advances once per run of a program and is part of a checkpoint.
 */
export class RandomCounter {
  /** u32 [4]: counter low, counter high, key low, key high. */
  readonly state: Tensor;
  #draws = new WeakMap<object, number>();

  /** A counter at 0. @param key two 32-bit words, for example from a named stream (`Stream.named(seed, "dropout")`) */
  constructor(device: Device, key: readonly [number, number], label = "random counter") {
    this.state = tensor(device, new Uint32Array([0, 0, key[0] >>> 0, key[1] >>> 0]), [4], label);
  }

  /** Number of the draw within this run; registers the advance of the counter at the end of the trace. */
  draw(): number {
    const trace = activeTrace();
    if (!trace) {
      throw new Error("random numbers are drawn inside a compiled function; use a Stream on the host elsewhere");
    }
    trace.atEnd(this, () => assign(this.state, advanced(this.state)));
    const draw = this.#draws.get(trace) ?? 0;
    this.#draws.set(trace, draw + 1);
    return draw;
  }
}

/** Uniform numbers in [0, 1), 24 bits each. */
export function uniform(counter: RandomCounter, shape: Shape): Tensor {
  return fromBits("uniform", "uniform4", counter, shape);
}

/** Standard normal numbers. */
export function normal(counter: RandomCounter, shape: Shape): Tensor {
  return fromBits("normal", "normal4", counter, shape);
}

/** Keep-mask for dropout: 0 with probability `rate`, else 1 / (1 − rate). */
export function dropoutMask(counter: RandomCounter, shape: Shape, rate: number): Tensor {
  return stopGradient(multiply(greaterEqual(uniform(counter, shape), rate), 1 / (1 - rate)));
}

/** x with each element set to 0 with probability `rate`, the rest scaled up to keep the mean. */
export function dropout(x: Tensor, rate: number, counter: RandomCounter | null): Tensor {
  if (rate === 0 || counter === null) return x;
  if (!(rate > 0 && rate < 1)) throw new RangeError(`dropout: expected a rate in [0, 1), but found ${rate}`);
  return multiply(x, dropoutMask(counter, x.shape, rate));
}

function fromBits(name: string, convert: string, counter: RandomCounter, shape: Shape): Tensor {
  const draw = counter.draw(), lane = (i: number, width: number) => width === 4 ? `$${i}.x` : `$${i}`;
  const words = (width: 1 | 4) =>
    `${convert}(philox(vec4<u32>(i / 4u, ${draw}u, ${lane(0, width)}, ${lane(1, width)}), ` +
    `vec2<u32>(${lane(2, width)}, ${lane(3, width)})))`;
  const strides = shape.map(() => 0);
  if (elements(shape) > 2 ** 34) throw new RangeError(`${name}: expected at most 2^34 elements`);
  return map(
    name,
    (width) => width === 4 ? words(4) : `${words(1)}[i % 4u]`,
    [counter.state, counter.state, counter.state, counter.state],
    shape,
    "f32",
    null,
    [0, 1, 2, 3].map((offset) => ({ strides, offset })),
  );
}

/** The state with its 64-bit counter one higher. */
function advanced(state: Tensor): Tensor {
  return map("advance", "$0 + U(1u, select(0u, 1u, $0.x == 0xffffffffu), 0u, 0u)", [state], [4], "u32");
}
