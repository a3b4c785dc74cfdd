import type { Device } from "../device/device.ts";
import { elementwiseCall } from "./elementwise_kernel.ts";
import { fuse, overlaps, type Step, stored } from "./fuse.ts";
import { type AnyNode, type Call, type Cost, type Node, Scratch } from "./node.ts";
import { assignment } from "./ops/assign.ts";
import type { Elementwise } from "./ops/elementwise.ts";
import { rootOf } from "./root.ts";
import { storageBytes } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** A kernel run with its place in memory decided: each entry of `bind` is a tensor with memory, or a slab. */
export interface PlannedCall {
  readonly name: string;
  readonly call: Call;
  readonly cost: Cost;
}

/** All that is known of a program before it runs. */
export interface Plan {
  readonly calls: readonly PlannedCall[];
  /** Which slab each temporary tensor or scratch occupies while it lives. */
  readonly slabOf: ReadonlyMap<Tensor | Scratch, number>;
  /** Bytes of each slab. */
  readonly slabs: readonly number[];
  /** Tensors that get memory of their own: outputs of the program. */
  readonly kept: readonly Tensor[];
  /** Values computed straight into the memory of the state that they are assigned to. */
  readonly inPlace: ReadonlyMap<Tensor, Tensor>;
  readonly flops: number;
  /** Bytes of all temporary values, if none shared memory with another. */
  readonly bytesWithoutReuse: number;
}

/**
 * Decides how a graph runs: which nodes are needed, which fuse, in which order the kernels run and where each value lives.
 *
 * @param outputs tensors whose values are wanted afterwards
 * @param effects nodes that change state
 */
export function makePlan(outputs: readonly Tensor[], effects: readonly AnyNode[], device: Device): Plan {
  const kept = new Set(outputs.map(rootOf).filter((tensor) => tensor.node !== null && tensor.storage === null));
  const nodes = liveNodes(outputs, effects);
  const steps = fuse(nodes, kept, device.limits);
  const { inPlace, dropped } = assignInPlace(steps, kept);
  const remaining = steps.filter((step) => !dropped.has(step.nodes[0]));
  const consumers = consumersOf(nodes.filter((node) => !dropped.has(node)));
  const calls = remaining.flatMap((step) => lowerStep(step, consumers, new Set([...kept, ...inPlace.keys()]), device));
  return {
    calls,
    kept: [...kept],
    inPlace,
    ...assignSlabs(calls, kept, inPlace),
    flops: sumOf(calls, (c) => c.cost.flops),
  };
}

function liveNodes(outputs: readonly Tensor[], effects: readonly AnyNode[]): AnyNode[] {
  const live = new Set<AnyNode>(effects), stack = [...outputs, ...effects.flatMap((effect) => effect.inputs)];
  while (stack.length) {
    const { node, storage } = stack.pop()!;
    // A tensor that was evaluated before is data now.
    if (!node || storage || live.has(node)) continue;
    live.add(node);
    stack.push(...node.inputs);
  }
  return [...live].filter((node) => !node.operation.alias).sort((a, b) => a.id - b.id);
}

function consumersOf(nodes: readonly AnyNode[]): Map<Tensor, AnyNode[]> {
  const consumers = new Map<Tensor, AnyNode[]>();
  for (const node of nodes) {
    for (const input of new Set(node.inputs.map(rootOf))) {
      const list = consumers.get(input);
      if (list) list.push(node);
      else consumers.set(input, [node]);
    }
  }
  return consumers;
}

/**
 * `assign(state, value)` needs no copy if the value can be computed into the state's memory: nothing may touch that memory
 * between the computation and the assignment, and nothing may overwrite it afterwards while the value is still read.
 */
function assignInPlace(steps: readonly Step[], kept: ReadonlySet<Tensor>) {
  const inPlace = new Map<Tensor, Tensor>(), dropped = new Set<AnyNode>();
  const producedAt = new Map<Tensor, number>();
  steps.forEach((step, at) => step.nodes.forEach((node) => node.outputs.forEach((o) => producedAt.set(o, at))));
  // A value that was computed into some state's memory is read from there.
  const memoryOf = (input: Tensor) => (inPlace.get(rootOf(input)) ?? rootOf(input)).storage;
  const touches = (step: Step, state: Tensor) =>
    step.nodes.some((node) => node.inputs.some((input) => overlaps(memoryOf(input), state.storage)));
  const writesTo = (step: Step, state: Tensor) =>
    step.nodes.some((node) =>
      node.operation.writes?.some((index) => overlaps(rootOf(node.inputs[index]).storage, state.storage))
    );
  steps.forEach((step, at) => {
    const [node] = step.nodes;
    if (node.operation !== assignment) return;
    const state = rootOf(node.inputs[0]), value = rootOf(node.inputs[1]);
    const start = producedAt.get(value);
    if (start === undefined || kept.has(value) || inPlace.has(value)) return;
    for (let i = start; i < at; i++) if (touches(steps[i], state)) return;
    const lastUse = steps.findLastIndex((s) => s.nodes.some((n) => n.inputs.some((input) => rootOf(input) === value)));
    for (let i = at + 1; i <= lastUse; i++) if (writesTo(steps[i], state)) return;
    inPlace.set(value, state);
    dropped.add(node);
  });
  return { inPlace, dropped };
}

function lowerStep(
  step: Step,
  consumers: ReadonlyMap<Tensor, readonly AnyNode[]>,
  kept: ReadonlySet<Tensor>,
  device: Device,
): PlannedCall[] {
  if (step.fused) {
    const nodes = step.nodes as readonly Node<Elementwise>[];
    const call = elementwiseCall(nodes, stored(nodes, consumers, kept), device.limits);
    const bytes = sumOf(call.bind as readonly Tensor[], (t) => t.size * 4);
    return [{ name: call.source.name, call, cost: { flops: sumOf(nodes, (n) => n.outputs[0].size), bytes } }];
  }
  const [node] = step.nodes, cost = node.operation.cost(node);
  const calls = node.operation.lower(node, device);
  return calls.map((call, i) => ({
    name: call.source.name,
    call,
    cost: shareOf(cost, call.share ?? (i === 0 ? 1 : 0)),
  }));
}

function shareOf({ flops, bytes }: Cost, share: number): Cost {
  return { flops: flops * share, bytes: bytes * share };
}

/**
 * Gives each temporary value a slab from its first to its last use. Slabs are buffers of their own and not windows of one
 * arena, because WebGPU forbids a kernel to read and to write one buffer.
 */
function assignSlabs(calls: readonly PlannedCall[], kept: ReadonlySet<Tensor>, inPlace: ReadonlyMap<Tensor, Tensor>) {
  const lastUse = new Map<Tensor | Scratch, number>();
  const place = (x: Tensor | Scratch) => x instanceof Scratch ? x : rootOf(x);
  const temporary = (x: Tensor | Scratch) =>
    x instanceof Scratch || (x.storage === null && x.node !== null && !kept.has(x) && !inPlace.has(x));
  calls.forEach(({ call }, at) => {
    for (const bound of call.bind.map(place)) if (temporary(bound)) lastUse.set(bound, at);
  });
  const slabOf = new Map<Tensor | Scratch, number>(), slabs: number[] = [];
  let free: number[] = [], bytesWithoutReuse = 0;
  calls.forEach(({ call }, at) => {
    const bound = new Set(call.bind.map(place).filter(temporary));
    for (const value of bound) {
      if (slabOf.has(value)) continue;
      const bytes = value instanceof Scratch
        ? Math.ceil(value.bytes / 16) * 16
        : storageBytes(value.shape, value.dtype);
      bytesWithoutReuse += bytes;
      const slab = chooseSlab(free, slabs, bytes);
      free = free.filter((other) => other !== slab);
      slabs[slab] = Math.max(slabs[slab] ?? 0, bytes);
      slabOf.set(value, slab);
    }
    for (const value of bound) if (lastUse.get(value) === at) free.push(slabOf.get(value)!);
  });
  return { slabOf, slabs, bytesWithoutReuse };
}

/** The smallest free slab that is large enough, else the largest free one (which then grows), else a new one. */
function chooseSlab(free: readonly number[], slabs: readonly number[], bytes: number): number {
  const bySize = free.toSorted((a, b) => slabs[a] - slabs[b] || a - b);
  return bySize.find((slab) => slabs[slab] >= bytes) ?? bySize.at(-1) ?? slabs.length;
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
