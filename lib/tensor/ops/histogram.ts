import type { Device, KernelSource } from "../../device/device.ts";
import page from "../../../kernels/histogram.wgsl" with { type: "text" };
import { expectShape } from "../errors.ts";
import { flatGrid } from "../grid.ts";
import { type Call, emit, type Operation, trafficBytes } from "../node.ts";
import { formatShape, sameShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { expectIndices } from "./rows.ts";

/** What is counted: integers, or transitions between them. The inputs are [values] or [from, to, action], then weights. */
interface Counting {
  readonly codes: number;
  /** Absent: a plain histogram with `codes` bins. */
  readonly actions?: number;
  readonly weighted: boolean;
}

/** Inputs → counts of this run. */
const counted: Operation<Counting> = {
  name: "histogram",
  lower(node, device) {
    const [counts] = node.outputs, { grid, workgroup } = flatGrid(counts.size, device.limits);
    const clear = { source: source("clear"), constants: { BINS: counts.size, GROUP: workgroup }, bind: [counts], grid };
    return [clear, countCall(counts, node.inputs, node.attributes, device)];
  },
  cost: (node) => ({ flops: node.inputs[0].size, bytes: trafficBytes(node) }),
};

/** State, inputs → the same state with this run's counts added. */
const accumulated: Operation<Counting> = {
  name: "addHistogram",
  writes: [0],
  lower: (node, device) => [countCall(node.inputs[0], node.inputs.slice(1), node.attributes, device)],
  cost: (node) => ({ flops: node.inputs[1].size, bytes: trafficBytes(node) }),
};

function source(entry: string): KernelSource {
  return { name: `histogram ${entry}`, code: page, entry };
}

function countCall(
  counts: Tensor,
  inputs: readonly Tensor[],
  { codes, actions, weighted }: Counting,
  device: Device,
): Call {
  const [values, next, action] = inputs, weights = weighted ? inputs.at(-1)! : values, count = values.size;
  const { grid, workgroup } = flatGrid(count, device.limits);
  const shared = { COUNT: count, WEIGHTED: weighted ? 1 : 0, GROUP: workgroup };
  if (actions === undefined) {
    return { source: source("count"), constants: { ...shared, BINS: codes }, bind: [counts, values, weights], grid };
  }
  return {
    source: source("transitions"),
    constants: { ...shared, CODES: codes, ACTIONS: actions, PER: count / action.size },
    bind: [counts, values, weights, action, next],
    grid,
  };
}

/**
 * How often each integer occurs.
 *
 * @param indices i32, any shape; those outside [0, bins) are not counted
 * @param weights u32 of the same shape: how often each counts, 0 or 1 for a mask
 * @returns u32 [bins]
 */
export function histogram(indices: Tensor, bins: number, weights?: Tensor): Tensor {
  expectCount("histogram", "bins", bins);
  const inputs = checked("histogram", { indices }, weights);
  return emit(counted, inputs, [{ shape: [bins], dtype: "u32" }], { codes: bins, weighted: !!weights })[0];
}

/** Adds `histogram(indices, …)` to `counts`, u32 [bins] with memory. Only inside a compiled function. */
export function addHistogram(counts: Tensor, indices: Tensor, weights?: Tensor): void {
  expectState("addHistogram", counts, "[bins]", counts.rank === 1);
  const inputs = checked("addHistogram", { indices }, weights);
  emit(accumulated, [counts, ...inputs], [], { codes: counts.size, weighted: !!weights });
}

/**
 * How often an action led from one code to another (spec 1 §7.3).
 *
 * @param from i32, any shape: codes before
 * @param action i32 with the leading axes of `from`: one action for each of them, or for all codes that share those axes
 * @param to i32 like `from`: codes after
 * @param weights u32 like `from`: how often each counts, 0 or 1 for a mask
 * @returns u32 [codes, actions, codes]; what lies outside of it is not counted
 */
export function transitionCounts(
  from: Tensor,
  action: Tensor,
  to: Tensor,
  { codes, actions }: { readonly codes: number; readonly actions: number },
  weights?: Tensor,
): Tensor {
  expectCount("transitionCounts", "codes", codes);
  expectCount("transitionCounts", "actions", actions);
  const inputs = checked("transitionCounts", { from, to, action }, weights);
  const shape = [codes, actions, codes];
  return emit(counted, inputs, [{ shape, dtype: "u32" }], { codes, actions, weighted: !!weights })[0];
}

/** Adds `transitionCounts(…)` to `counts`, u32 [codes, actions, codes] with memory. Only inside a compiled function. */
export function addTransitionCounts(counts: Tensor, from: Tensor, action: Tensor, to: Tensor, weights?: Tensor): void {
  const [codes, actions, next] = counts.shape;
  expectState("addTransitionCounts", counts, "[codes, actions, codes]", counts.rank === 3 && codes === next);
  const inputs = checked("addTransitionCounts", { from, to, action }, weights);
  emit(accumulated, [counts, ...inputs], [], { codes, actions, weighted: !!weights });
}

/** The inputs in the order of the operation. Actions may lack trailing axes; all else has the shape of the first. */
function checked(operation: string, indices: Record<string, Tensor>, weights: Tensor | undefined): Tensor[] {
  const [first] = Object.values(indices);
  for (const [what, x] of Object.entries(indices)) {
    expectIndices(x, operation, what);
    const leading = what === "action" ? first.shape.slice(0, x.rank) : first.shape;
    expectLike(operation, what, x, leading);
  }
  if (!weights) return Object.values(indices);
  if (weights.dtype !== "u32") {
    throw new TypeError(`${operation}: expected u32 weights, but found ${weights.dtype}; use cast()`);
  }
  expectLike(operation, "weights", weights, first.shape);
  return [...Object.values(indices), weights];
}

function expectLike(operation: string, what: string, x: Tensor, shape: Shape): void {
  expectShape(
    sameShape(x.shape, shape),
    operation,
    () => `expected ${what} ${formatShape(shape)}, but found ${formatShape(x.shape)}`,
  );
}

function expectCount(operation: string, what: string, count: number): void {
  if (Number.isInteger(count) && count >= 1) return;
  throw new RangeError(`${operation}: expected a positive number of ${what}, but found ${count}`);
}

function expectState(operation: string, counts: Tensor, expected: string, fits: boolean): void {
  expectShape(
    fits && counts.dtype === "u32",
    operation,
    () => `expected u32 counts ${expected}, but found ${counts.dtype} ${formatShape(counts.shape)}`,
  );
  if (!counts.storage) {
    throw new Error(`${operation}: expected a tensor with memory, but ${counts.label} is part of the trace`);
  }
}
