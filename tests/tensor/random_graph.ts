/**
 * Random programs for the planner: expressions, movements, reductions, and state that is read and changed in between. Each is
 * a list of instructions that two interpreters follow: one traces it with our operations, one computes at once in float64.
 * All operations are tame (slopes at most about 1), so that float32 stays beside float64.
 */
import { Stream } from "../../lib/random.ts";
import { broadcastShapes, sameShape, type Shape } from "../../lib/tensor/shape.ts";
import { relu, sigmoid, tanh } from "../../lib/tensor/ops/activations.ts";
import { add, divide, greater, maximum, minimum, multiply, subtract, where } from "../../lib/tensor/ops/arithmetic.ts";
import { assign } from "../../lib/tensor/ops/assign.ts";
import { abs } from "../../lib/tensor/ops/math.ts";
import { broadcastTo, pad, permute, slice } from "../../lib/tensor/ops/movement.ts";
import { mean } from "../../lib/tensor/ops/reduce.ts";
import { reshape } from "../../lib/tensor/ops/view.ts";
import type { Tensor } from "../../lib/tensor/tensor.ts";
import { binary, like, type Nd, nd, reduce, sizeOf, transpose } from "../support/float64.ts";
import { broadcast64, window64 } from "./ops/movement64.ts";

/** One step: which operation, on which earlier values, with which numbers. Its result is the next value. */
export interface Instruction {
  readonly name: string;
  readonly args: readonly number[];
  readonly numbers: readonly number[];
  readonly shape: Shape;
  /** Changes this state (an index below `states`); makes no new value. */
  readonly assigns?: number;
}

export interface Graph {
  /** Shapes of the inputs: the first values. */
  readonly inputs: readonly Shape[];
  /** Shapes of the states: the values after them. */
  readonly states: readonly Shape[];
  readonly instructions: readonly Instruction[];
  /** Values to return. */
  readonly outputs: readonly number[];
}

interface Rule {
  readonly device: (x: readonly Tensor[], numbers: readonly number[]) => Tensor;
  readonly reference: (x: readonly Nd[], numbers: readonly number[]) => Nd;
}

const one = (device: (x: Tensor) => Tensor, reference: (v: number) => number): Rule => ({
  device: ([x]) => device(x),
  reference: ([x]) => like(x, reference),
});
const two = (device: (a: Tensor, b: Tensor) => Tensor, reference: (a: number, b: number) => number): Rule => ({
  device: ([a, b]) => device(a, b),
  reference: ([a, b]) => binary(a, b, reference),
});
const logistic = (v: number) => 1 / (1 + Math.exp(-v));

/** Smooth operations, whose gradients finite differences can follow. */
const SMOOTH: Record<string, Rule> = {
  tanh: one(tanh, Math.tanh),
  sigmoid: one(sigmoid, logistic),
  scale: one((x) => multiply(x, -0.75), (v) => v * -0.75),
  shift: one((x) => subtract(0.5, x), (v) => 0.5 - v),
  twice: one((x) => add(x, multiply(x, 0.5)), (v) => v * 1.5),
  add: two(add, (a, b) => a + b),
  subtract: two(subtract, (a, b) => a - b),
  product: two((a, b) => multiply(tanh(a), tanh(b)), (a, b) => Math.tanh(a) * Math.tanh(b)),
  quotient: two((a, b) => divide(a, add(2, tanh(b))), (a, b) => a / (2 + Math.tanh(b))),
};
const KINKED: Record<string, Rule> = {
  relu: one(relu, (v) => Math.max(v, 0)),
  abs: one(abs, Math.abs),
  maximum: two(maximum, Math.max),
  minimum: two(minimum, Math.min),
  // The first argument is an input, so that both sides see the same sign.
  where: {
    device: ([c, a, b]) => where(greater(c, 0), a, b),
    reference: ([c, a, b]) => {
      const first = binary(c, a, (c, a) => c > 0 ? a : 0), second = binary(c, b, (c, b) => c > 0 ? 0 : b);
      return binary(first, second, (a, b) => a + b);
    },
  },
};
const MOVEMENTS: Record<string, Rule> = {
  permute: { device: ([x]) => permute(x, reversed(x.shape)), reference: ([x]) => transpose(x) },
  slice: {
    device: ([x], [axis, begin, end]) => slice(x, axis, begin, end),
    reference: ([x], [axis, begin, end]) => window64(x, axis, begin, end),
  },
  pad: {
    device: ([x], [axis, before, after]) => pad(x, axis, before, after),
    reference: ([x], [axis, before, after]) => window64(x, axis, -before, x.shape[axis] + after),
  },
  reshape: { device: ([x], shape) => reshape(x, shape), reference: ([x], shape) => nd(shape, x.data) },
  broadcast: { device: ([x], shape) => broadcastTo(x, shape), reference: ([x], shape) => broadcast64(x, shape) },
  mean: { device: ([x], axes) => mean(x, axes), reference: ([x], axes) => reduce(x, "mean", axes) },
};
const RULES = { ...SMOOTH, ...KINKED, ...MOVEMENTS };

/** A random graph: the same for the same seed. */
export function randomGraph(
  seed: number,
  { length, inputs, states = [], smooth = false }: {
    length: number;
    inputs: readonly Shape[];
    states?: readonly Shape[];
    smooth?: boolean;
  },
): Graph {
  const stream = Stream.named(seed, "tests/graphs"), shapes: Shape[] = [...inputs, ...states];
  const instructions: Instruction[] = [];
  const any = () =>
    stream.below(3) === 0 ? stream.below(shapes.length) : Math.max(0, shapes.length - 1 - stream.below(4));
  const emit = (name: string, args: number[], numbers: readonly number[], shape: Shape) => {
    instructions.push({ name, args, numbers, shape });
    return shapes.push(shape) - 1;
  };
  /** A value that broadcasts with `shape`: this one, or its mean. */
  const fitted = (value: number, shape: Shape) => {
    const fit = broadcastShapes(shapes[value], shape);
    return fit && sizeOf(fit) <= 600 ? value : emit("mean", [value], shapes[value].map((_, i) => i), []);
  };
  const pointwise = Object.keys(smooth ? SMOOTH : { ...SMOOTH, ...KINKED });
  for (let step = 0; step < length; step++) {
    const x = any(), shape = shapes[x], kind = stream.below(10);
    if (states.length && kind < 3) {
      const state = stream.below(states.length), wanted = states[state];
      const value = sizeOf(shape) === sizeOf(wanted)
        ? emit("reshape", [x], wanted, wanted)
        : emit("broadcast", [emit("mean", [x], shape.map((_, i) => i), [])], wanted, wanted);
      instructions.push({ name: "assign", args: [value], numbers: [], shape: wanted, assigns: state });
    } else if (kind < 8) {
      const name = pointwise[stream.below(pointwise.length)], rule = RULES[name];
      if (name === "where") {
        const c = stream.below(inputs.length), a = fitted(x, shapes[c]);
        const inner = broadcastShapes(shapes[a], shapes[c])!, b = fitted(any(), inner);
        emit(name, [c, a, b], [], broadcastShapes(inner, shapes[b])!);
      } else if (
        rule.device.length === 1 && !["add", "subtract", "product", "quotient", "maximum", "minimum"].includes(name)
      ) {
        emit(name, [x], [], shape);
      } else {
        const y = fitted(any(), shape);
        emit(name, [x, y], [], broadcastShapes(shape, shapes[y])!);
      }
    } else emitMovement(x, shape);
  }
  const made = shapes.map((_, i) => i).slice(inputs.length + states.length);
  const outputs = made.filter((i) => i === made.at(-1) || stream.below(4) === 0);
  return { inputs, states, instructions, outputs };

  function emitMovement(x: number, shape: Shape): void {
    const axis = shape.length ? stream.below(shape.length) : 0, size = shape[axis] ?? 1;
    const resized = (to: number) => shape.map((s, i) => i === axis ? to : s);
    switch (shape.length === 0 ? 4 : stream.below(5)) {
      case 0:
        return void emit("permute", [x], [], shape.toReversed());
      case 1: {
        const begin = stream.below(size), end = begin + 1 + stream.below(size - begin);
        return void emit("slice", [x], [axis, begin, end], resized(end - begin));
      }
      case 2: {
        const before = stream.below(3), after = stream.below(3);
        return void emit("pad", [x], [axis, before, after], resized(size + before + after));
      }
      case 3:
        return void emit("mean", [x], [axis], shape.filter((_, i) => i !== axis));
      default: {
        const to = sizeOf(shape) <= 200 ? [1 + stream.below(3), ...shape] : [sizeOf(shape)];
        return void emit(to.length > shape.length ? "broadcast" : "reshape", [x], to, to);
      }
    }
  }
}

/** Traces the graph with our operations. */
export function traceGraph(graph: Graph, inputs: readonly Tensor[], states: readonly Tensor[]): Tensor[] {
  const values = [...inputs, ...states];
  for (const { name, args, numbers, assigns } of graph.instructions) {
    if (assigns !== undefined) assign(states[assigns], values[args[0]]);
    else values.push(RULES[name].device(args.map((i) => values[i]), numbers));
  }
  return graph.outputs.map((i) => values[i]);
}

/** Computes the graph in float64. Changes `states`. */
export function evaluateGraph(graph: Graph, inputs: readonly Nd[], states: Nd[]): Nd[] {
  // States are read when they are used: what is traced after an assignment sees the new content, and so do views.
  const values: (() => Nd)[] = [...inputs.map((x) => () => x), ...states.map((_, i) => () => states[i])];
  for (const { name, args, numbers, assigns } of graph.instructions) {
    const read = args.map((i) => values[i]);
    const result = () => RULES[name].reference(read.map((value) => value()), numbers);
    if (assigns !== undefined) states[assigns] = nd(states[assigns].shape, read[0]().data);
    else if (name === "reshape" || (name === "broadcast" && sameShape(read[0]().shape, numbers))) values.push(result);
    else {
      const now = result();
      values.push(() => now);
    }
  }
  return graph.outputs.map((i) => values[i]());
}

/** One instruction per line, for failures. */
export function describe({ inputs, states, instructions, outputs }: Graph): string {
  let next = inputs.length + states.length;
  const shape = (s: Shape) => `[${s}]`;
  return [
    `inputs ${inputs.map(shape).join(" ")}, states ${states.map(shape).join(" ")}`,
    ...instructions.map(({ name, args, numbers, shape: s, assigns }) =>
      assigns === undefined
        ? `v${next++} = ${name}(${args.map((a) => `v${a}`).join(", ")}; ${numbers}) ${shape(s)}`
        : `v${inputs.length + assigns} ← v${args[0]}`
    ),
    `return ${outputs.map((i) => `v${i}`).join(", ")}`,
  ].join("\n");
}

function reversed(shape: Shape): number[] {
  return shape.map((_, i) => shape.length - 1 - i);
}
