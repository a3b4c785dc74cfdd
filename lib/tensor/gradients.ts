import { overlaps } from "./fuse.ts";
import type { AnyNode } from "./node.ts";
import { add } from "./ops/arithmetic.ts";
import { full } from "./ops/create.ts";
import { rootOf } from "./root.ts";
import { formatShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import { activeTrace } from "./trace.ts";

/**
 * Reverse-mode derivatives of a scalar.
 *
 * @param loss a tensor with one element
 * @param wrt parameters or intermediate tensors of the same graph
 * @returns one gradient for each, of its shape; zeros where the loss does not depend on it
 * @throws Error when state that a gradient needs was changed in place after it was used
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (loss.size !== 1) {
    throw new RangeError(`gradients: expected a loss with one element, but found ${formatShape(loss.shape)}`);
  }
  const order = reachable(loss), needed = new Set<Tensor>(wrt);
  for (const node of order) {
    if (node.inputs.some((input) => needed.has(input))) { for (const output of node.outputs) needed.add(output); }
  }
  const found = new Map<Tensor, Tensor>([[loss, full(loss.shape, 1)]]);
  for (const node of order.toReversed()) {
    const upstream = node.outputs.map((output) => found.get(output) ?? null);
    const needs = node.inputs.map((input) => needed.has(input) && input.dtype === "f32");
    if (upstream.every((g) => g === null) || !needs.some(Boolean)) continue;
    if (!node.operation.gradient) throw new Error(`gradients: ${node.operation.name} has no gradient rule`);
    checkUnchanged(node);
    const downstream = node.operation.gradient(node, upstream, needs);
    node.inputs.forEach((input, i) => {
      const gradient = downstream[i];
      if (!needs[i] || !gradient) return;
      const sum = found.get(input);
      found.set(input, sum ? add(sum, gradient) : gradient);
    });
  }
  return wrt.map((tensor) => found.get(tensor) ?? full(tensor.shape, 0));
}

/** All nodes that the tensor depends on, in the order in which they were made. */
function reachable(from: Tensor): AnyNode[] {
  const seen = new Set<AnyNode>(), stack = [from];
  while (stack.length) {
    const { node } = stack.pop()!;
    if (node && !seen.has(node)) {
      seen.add(node);
      stack.push(...node.inputs);
    }
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/** A gradient rule reads the node's inputs again: they must still be what the node saw. */
function checkUnchanged(node: AnyNode): void {
  for (const effect of activeTrace()?.effects ?? []) {
    if (effect.id < node.id) continue;
    for (const index of effect.operation.writes!) {
      const changed = effect.inputs[index];
      const reads = (input: Tensor, i: number) =>
        overlaps(rootOf(input).storage, changed.storage) && !node.operation.gradientIgnores?.includes(i);
      if (node.inputs.some(reads)) {
        throw new Error(
          `gradients: ${changed.label} was changed in place by ${effect.operation.name} after ${node.operation.name} had ` +
            "used it; take the gradients first, or update the state afterwards",
        );
      }
    }
  }
}
