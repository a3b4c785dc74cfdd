import type { Device, KernelSource } from "../device/device.ts";
import type { DType, Shape } from "./shape.ts";
import { nextId, Tensor } from "./tensor.ts";
import { activeTrace } from "./trace.ts";

/** Memory that one node needs only while it runs. */
export class Scratch {
  /** Memory of so many bytes; the label is for errors. */
  constructor(readonly bytes: number, readonly label: string) {}
}

/** One kernel run of a node: `bind[i]` is `@group(0) @binding(i)` of the page. */
export interface Call {
  /** The page. */
  readonly source: KernelSource;
  /** Values of its overrides. */
  readonly constants: Record<string, number>;
  /** What each binding holds. */
  readonly bind: readonly (Tensor | Scratch)[];
  /** Workgroups along x, y, z. */
  readonly grid: readonly [number, number, number];
  /** Share of the node's work that this run does, for profiles. Default: the first run does all of it. */
  readonly share?: number;
}

/** Work of one node: floating-point operations, and bytes that must move at least once. */
export interface Cost {
  /** Floating-point operations. */
  readonly flops: number;
  /** Bytes moved at least. */
  readonly bytes: number;
}

/**
 * A kind of operation: how it runs, what it costs, and its gradient. One file each, in `ops/`.
 *
 * @typeParam A the settings of one use, fixed when traced
 */
export interface Operation<A> {
  /** For errors and profiles. */
  readonly name: string;
  /** The kernels to run, in order, for one use of the operation on this device. */
  lower(node: Node<A>, device: Device): Call[];
  /**
   * Gradients with respect to the inputs, given those with respect to the outputs (`null`: that output has none).
   * `needs[i]` says whether input i wants one; return `null` where it does not, or where there is none.
   */
  gradient?(node: Node<A>, outputGradients: readonly (Tensor | null)[], needs: readonly boolean[]): (Tensor | null)[];
  /** Inputs whose values the gradient rule does not read; they may be changed in place in between. */
  readonly gradientIgnores?: readonly number[];
  /** Work of one use. */
  cost(node: Node<A>): Cost;
  /** The output is the input's memory under another shape. */
  readonly alias?: boolean;
  /** Inputs that the kernel changes in place: state. */
  readonly writes?: readonly number[];
}

/** A node of any operation. */
// deno-lint-ignore no-explicit-any -- the one place where the settings' type is forgotten
export type AnyNode = Node<any>;

/** One use of an operation in a graph. */
export class Node<A = unknown> {
  /** Place in the order of the trace. */
  readonly id: number = nextId();
  /** What it computes. */
  readonly outputs: readonly Tensor[];

  /** Use `emit`, which also registers changes of state. */
  constructor(
    readonly operation: Operation<A>,
    readonly inputs: readonly Tensor[],
    outputs: readonly { shape: Shape; dtype: DType }[],
    readonly attributes: A,
  ) {
    this.outputs = outputs.map(({ shape, dtype }) => new Tensor(shape, dtype, this as AnyNode, operation.name));
  }
}

/**
 * Adds one use of an operation to the graph.
 * @returns its outputs
 */
export function emit<A>(
  operation: Operation<A>,
  inputs: readonly Tensor[],
  outputs: readonly { shape: Shape; dtype: DType }[],
  attributes: A,
): readonly Tensor[] {
  const node = new Node(operation, inputs, outputs, attributes);
  if (operation.writes?.length) {
    const trace = activeTrace();
    if (!trace) {
      throw new Error(`${operation.name} changes state in place, which only a compiled function may do; see compile()`);
    }
    trace.effects.push(node as AnyNode);
  }
  return node.outputs;
}

/** Bytes of all inputs and outputs, each counted once: the least a node can move. */
export function trafficBytes(node: AnyNode): number {
  let bytes = 0;
  for (const t of new Set([...node.inputs, ...node.outputs])) bytes += t.size * (t.dtype === "u8" ? 1 : 4);
  return bytes;
}
