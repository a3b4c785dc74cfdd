import type { DeviceLimits, KernelSource } from "../device/device.ts";
import library from "../../kernels/elementwise.wgsl" with { type: "text" };
import type { Call, Node } from "./node.ts";
import { flatGrid } from "./grid.ts";
import type { Access, Elementwise } from "./ops/elementwise.ts";
import { type DType, rowMajorStrides, type Shape } from "./shape.ts";
import { rootOf } from "./root.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Writes the WGSL of a fused chain of elementwise operations. Each invocation computes `width` consecutive elements of every
 * output: 4 if their number allows, else 1. Inputs that are read in step load one vec4; repeated ones are splatted; anything
 * else is gathered lane by lane.
 *
 * @param nodes the chain, producers first; all have outputs of the same number of elements
 * @param stored those of their outputs that others need
 */
export function elementwiseCall(
  nodes: readonly Node<Elementwise>[],
  stored: readonly Tensor[],
  limits: DeviceLimits,
): Call {
  const count = nodes[0].outputs[0].size, width = count % 4 === 0 ? 4 : 1;
  const loads = new Loads(width);
  const values = new Map<Tensor, string>();
  const body: string[] = [];
  nodes.forEach((node, position) => {
    const { expression, access } = node.attributes, output = node.outputs[0];
    const operands = node.inputs.map((input, i) =>
      values.get(rootOf(input)) ?? loads.value(input, access[i], output.shape)
    );
    const text = typeof expression === "string" ? expression : expression(width);
    const name = `x${position}`;
    body.push(`  let ${name} = ${text.replace(/\$(\d+)/g, (_, i) => operands[Number(i)])};`);
    values.set(output, name);
  });
  const bind = [...loads.bound, ...stored];
  const stores = stored.map((output, i) => {
    const name = `out${i}`;
    loads.declarations.push(
      `@group(0) @binding(${loads.bound.length + i}) var<storage, read_write> ${name}: array<${
        laneType(output.dtype, width)
      }>;`,
    );
    return `  ${name}[v] = ${values.get(output)};`;
  });
  const { grid, workgroup } = flatGrid(count / width, limits);
  const code = [
    ...["F:f32", "I:i32", "U:u32"].map((pair) => {
      const [alias, scalar] = pair.split(":");
      return `alias ${alias} = ${width === 4 ? `vec4<${scalar}>` : scalar};`;
    }),
    ...loads.declarations,
    libraryFunctions([...body, ...loads.functions].join("\n")),
    ...loads.functions,
    `@compute @workgroup_size(${workgroup})`,
    "fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,",
    "        @builtin(local_invocation_index) lane: u32) {",
    `  let v = (group.y * groups.x + group.x) * ${workgroup}u + lane;`,
    `  if (v >= ${count / width}u) { return; }`,
    `  let i = v * ${width}u;`,
    ...loads.lines,
    ...body,
    ...stores,
    "}",
  ].join("\n");
  return { source: source(nodes, code), constants: {}, bind, grid };
}

function source(nodes: readonly Node<Elementwise>[], code: string): KernelSource {
  const names = nodes.map((node) => node.attributes.name).join("+");
  return { name: `elementwise ${names.length > 60 ? names.slice(0, 57) + "…" : names}`, code };
}

/** How many buffers a chain would bind: its distinct inputs (twice if read in two ways) and stored outputs. */
export function bindingsNeeded(nodes: readonly Node<Elementwise>[], stored: number): number {
  const loads = new Loads(nodes[0].outputs[0].size % 4 === 0 ? 4 : 1), inside = new Set<Tensor>();
  for (const node of nodes) {
    node.inputs.forEach((input, i) => {
      if (!inside.has(rootOf(input))) loads.value(input, node.attributes.access[i], node.outputs[0].shape);
    });
    inside.add(node.outputs[0]);
  }
  return loads.bound.length + stored;
}

function laneType(dtype: DType, width: number): string {
  if (dtype === "u8") throw new TypeError("elementwise: expected f32, i32 or u32 tensors, but found u8 (packed bytes)");
  return width === 4 ? `vec4<${dtype}>` : dtype;
}

/** The inputs of a fused kernel: declarations, address functions, and one variable for each distinct way of reading. */
class Loads {
  readonly bound: Tensor[] = [];
  readonly declarations: string[] = [];
  readonly functions: string[] = [];
  readonly lines: string[] = [];
  #arrays = new Map<string, string>();
  #values = new Map<string, string>();

  constructor(readonly width: 1 | 4) {}

  /** Name of the variable that holds `input` as read through `access` while walking over `shape`. */
  value(input: Tensor, access: Access, shape: Shape): string {
    const walk = collapse(shape, access), root = rootOf(input);
    const key = `${root.id}|${JSON.stringify(walk)}`;
    const known = this.#values.get(key);
    if (known) return known;
    const name = `a${this.#values.size}`;
    this.#values.set(key, name);
    this.lines.push(`  let ${name} = ${this.#load(root, input.dtype, walk, name)};`);
    return name;
  }

  #load(root: Tensor, dtype: DType, walk: Walk, name: string): string {
    const { width } = this, lane = dtype === "f32" ? "F" : dtype === "i32" ? "I" : "U";
    const inner = walk.axes.at(-1);
    if (!inner) return `${lane}(${this.#array(root, dtype, 1)}[${walk.offset}u])`;
    const flat = walk.axes.length === 1 && inner.stride === 1 && walk.offset === 0 && !inner.bounds;
    if (flat) return `${this.#array(root, dtype, width)}[v]`;
    const aligned = width === 4 && inner.size % 4 === 0 && !inner.bounds;
    const inVectors = aligned && inner.stride === 1 && walk.offset % 4 === 0 &&
      walk.axes.slice(0, -1).every((axis) => axis.stride % 4 === 0);
    const array = this.#array(root, dtype, inVectors ? 4 : 1);
    const type = inVectors ? laneType(dtype, 4) : laneType(dtype, 1);
    this.functions.push(addressFunction(name, array, type, walk, inVectors));
    if (width === 1 || inVectors) return `${name}_at(i)`;
    if (aligned && inner.stride === 0) return `${lane}(${name}_at(i))`;
    return `${lane}(${name}_at(i), ${name}_at(i + 1u), ${name}_at(i + 2u), ${name}_at(i + 3u))`;
  }

  #array(root: Tensor, dtype: DType, width: 1 | 4): string {
    const key = `${root.id}:${width}`;
    const known = this.#arrays.get(key);
    if (known) return known;
    const name = `in${this.bound.length}`;
    this.#arrays.set(key, name);
    this.declarations.push(
      `@group(0) @binding(${this.bound.length}) var<storage, read> ${name}: array<${laneType(dtype, width)}>;`,
    );
    this.bound.push(root);
    return name;
  }
}

interface Walk {
  readonly offset: number;
  readonly axes: { size: number; stride: number; bounds: readonly [number, number] | null }[];
}

/** Drops axes of size 1 and merges neighbours that one stride can walk. */
function collapse(shape: Shape, access: Access): Walk {
  const axes: Walk["axes"] = [];
  shape.forEach((size, axis) => {
    const stride = access.strides[axis], bounds = access.bounds?.[axis] ?? null;
    if (size === 1 && !bounds) return;
    const last = axes.at(-1);
    if (last && !last.bounds && !bounds && last.stride === stride * size) {
      axes[axes.length - 1] = { size: last.size * size, stride, bounds: null };
    } else axes.push({ size, stride, bounds });
  });
  if (axes.length === 1 && axes[0].stride === 0 && !axes[0].bounds) return { offset: access.offset, axes: [] };
  return { offset: access.offset, axes };
}

/** `fn a0_at(i) -> element`: from the flat index of the output to the element of the input. */
function addressFunction(name: string, array: string, type: string, walk: Walk, inVectors: boolean): string {
  const strides = rowMajorStrides(walk.axes.map((axis) => axis.size));
  const lines: string[] = [], terms: string[] = [`${walk.offset >>> 0}u`], outside: string[] = [];
  walk.axes.forEach(({ size, stride, bounds }, axis) => {
    if (stride === 0 && !bounds) return;
    const coordinate = strides[axis] === 1 ? "i" : `(i / ${strides[axis]}u)`;
    lines.push(`  let c${axis} = ${axis === 0 ? coordinate : `${coordinate} % ${size}u`};`);
    if (stride !== 0) terms.push(`c${axis} * ${stride >>> 0}u`);
    if (bounds) outside.push(`c${axis} < ${bounds[0]}u || c${axis} >= ${bounds[1]}u`);
  });
  if (outside.length) lines.push(`  if (${outside.join(" || ")}) { return ${type}(0); }`);
  const address = terms.join(" + ");
  lines.push(`  return ${array}[${inVectors ? `(${address}) / 4u` : address}];`);
  return `fn ${name}_at(i: u32) -> ${type} {\n${lines.join("\n")}\n}`;
}

const libraryParts = new Map(
  library.split(/^(?=fn )/m).filter((part) => part.startsWith("fn ")).map((part) =>
    [/^fn (\w+)/.exec(part)![1], part.replace(/\n\/\/[^]*$/, "\n")] as const
  ),
);

/** Those functions of the elementwise page that `text` calls, directly or through others. */
function libraryFunctions(text: string): string {
  const wanted = new Set<string>();
  const visit = (code: string) => {
    for (const [name, part] of libraryParts) {
      if (!wanted.has(name) && new RegExp(`\\b${name}\\(`).test(code)) {
        wanted.add(name);
        visit(part);
      }
    }
  };
  visit(text);
  return [...libraryParts].filter(([name]) => wanted.has(name)).map(([, part]) => part).join("");
}
