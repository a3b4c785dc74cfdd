import type { DeviceLimits } from "../device/device.ts";
import { bindingsNeeded } from "./elementwise_kernel.ts";
import type { AnyNode, Node } from "./node.ts";
import { type Elementwise, isElementwise, readsInStep } from "./ops/elementwise.ts";
import { rootOf } from "./root.ts";
import { type Storage, Tensor } from "./tensor.ts";

/** One step of a plan: a node with kernels of its own, or a chain of elementwise nodes that share one kernel. */
export interface Step {
  readonly nodes: readonly AnyNode[];
  readonly fused: boolean;
}

/** Most buffers a fused kernel binds: what every WebGPU device allows. */
const MAX_BINDINGS = 8;

/**
 * Orders the nodes into steps and merges chains of elementwise nodes.
 *
 * A producer joins its first consumer if the consumer reads it element for element, so that it is computed where the
 * consumer stands, later in the order. That is allowed if nobody needs it before, and no state that it reads is changed in
 * between.
 *
 * @param nodes live nodes in trace order, without aliases
 * @param kept tensors that must exist in memory afterwards: outputs of the program
 */
export function fuse(nodes: readonly AnyNode[], kept: ReadonlySet<Tensor>, limits: DeviceLimits): Step[] {
  const position = new Map(nodes.map((node, at) => [node, at]));
  const consumers = new Map<Tensor, AnyNode[]>();
  for (const node of nodes) {
    for (const input of new Set(node.inputs.map(rootOf))) consumers.set(input, [...(consumers.get(input) ?? []), node]);
  }
  const effects = nodes.filter((node) => node.operation.writes?.length);
  const groupOf = new Map<AnyNode, AnyNode[]>();
  const most = Math.min(MAX_BINDINGS, limits.maxBindings);

  for (const node of nodes) {
    if (!isElementwise(node)) continue;
    let group = [node];
    const producers = new Set(
      node.inputs.map((input) => rootOf(input).node).filter((p): p is AnyNode => p !== null && groupOf.has(p)),
    );
    for (const producer of producers) {
      const other = groupOf.get(producer)!;
      if (other.some((member) => group.includes(member))) continue;
      const merged = [...other, ...group].sort((a, b) => a.id - b.id);
      if (
        readsAllInStep(node, other) && nobodyWaits(other, node, consumers, position) &&
        stateUnchanged(other, node, effects) && bindingsNeeded(merged, stored(merged, consumers, kept).length) <= most
      ) group = merged;
    }
    for (const member of group) groupOf.set(member, group);
  }

  const steps: Step[] = [];
  for (const node of nodes) {
    const group = groupOf.get(node);
    if (!group) steps.push({ nodes: [node], fused: false });
    else if (group.at(-1) === node) steps.push({ nodes: group, fused: true });
  }
  return steps;

  function readsAllInStep(reader: AnyNode, other: readonly AnyNode[]): boolean {
    return (reader as Node<Elementwise>).inputs.every((input, i) => {
      const root = rootOf(input);
      if (!root.node || !other.includes(root.node)) return true;
      return readsInStep((reader as Node<Elementwise>).attributes.access[i], root, reader.outputs[0].shape);
    });
  }
}

/** Outputs of a chain that somebody outside of it needs. */
export function stored(
  group: readonly AnyNode[],
  consumers: ReadonlyMap<Tensor, readonly AnyNode[]>,
  kept: ReadonlySet<Tensor>,
): Tensor[] {
  return group.map((node) => node.outputs[0]).filter((output) =>
    kept.has(output) || consumers.get(output)?.some((consumer) => !group.includes(consumer))
  );
}

function nobodyWaits(
  group: readonly AnyNode[],
  at: AnyNode,
  consumers: ReadonlyMap<Tensor, readonly AnyNode[]>,
  position: ReadonlyMap<AnyNode, number>,
): boolean {
  const here = position.get(at)!;
  return group.every((member) =>
    (consumers.get(member.outputs[0]) ?? []).every((consumer) =>
      group.includes(consumer) || position.get(consumer)! >= here
    )
  );
}

function stateUnchanged(group: readonly AnyNode[], at: AnyNode, effects: readonly AnyNode[]): boolean {
  const between = effects.filter((effect) => effect.id > group[0].id && effect.id < at.id);
  if (between.length === 0) return true;
  const read = group.flatMap((member) => member.inputs.map(rootOf)).filter((input) => input.storage !== null);
  return between.every((effect) =>
    effect.operation.writes!.every((index) =>
      read.every((input) => !overlaps(rootOf(effect.inputs[index]).storage, input.storage))
    )
  );
}

/** True if two windows share memory. */
export function overlaps(a: Storage | null, b: Storage | null): boolean {
  return a !== null && b !== null && a.buffer === b.buffer && a.offset < b.offset + b.bytes &&
    b.offset < a.offset + a.bytes;
}
