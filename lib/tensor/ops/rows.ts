/** What operations along the last axis share: rows, lanes, and the choice between one invocation and one workgroup per row. */
import type { Device, KernelSource } from "../../device/device.ts";
import reduce from "../../../kernels/reduce.wgsl" with { type: "text" };
import { expectShape } from "../errors.ts";
import { flatGrid } from "../grid.ts";
import { type Page, pageOf } from "../page.ts";
import type { Call, Scratch } from "../node.ts";
import { formatShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** Invocations of a workgroup that shares one row; `array<f32, 256>` in the pages. */
const SHARED_GROUP = 128;
/** Rows shorter than this are walked by one invocation also on a GPU. */
const LONG_ROW = 128;

/** A tensor seen as [rows, length]: all axes but the last, and the last. */
export interface Rows {
  readonly rows: number;
  readonly length: number;
  /** The shape without its last axis. */
  readonly outer: Shape;
}

/** @throws ShapeError for a scalar; TypeError unless the elements are f32. */
export function rowsOf(x: Tensor, operation: string): Rows {
  expectFloats(x, operation);
  expectShape(x.rank > 0, operation, () => `expected at least one axis, but found ${formatShape(x.shape)}`);
  const length = x.shape[x.rank - 1];
  return { rows: x.size / length, length, outer: x.shape.slice(0, -1) };
}

/** @throws TypeError unless the elements are f32. */
export function expectFloats(x: Tensor, operation: string): void {
  if (x.dtype === "f32") return;
  throw new TypeError(`${operation}: expected an f32 tensor, but found ${x.dtype} ${formatShape(x.shape)}; use cast()`);
}

/** @throws TypeError unless the elements are i32. */
export function expectIndices(x: Tensor, operation: string, what: string): void {
  if (x.dtype === "i32") return;
  throw new TypeError(`${operation}: expected i32 ${what}, but found ${x.dtype} ${formatShape(x.shape)}; use cast()`);
}

/** True where barriers and workgroup memory cost more than they save: the CPU device and software adapters. */
export function walksAlone(device: Device): boolean {
  return device.kind === "cpu" || device.software;
}

/**
 * Both forms of a page (see `pageOf`) that may declare `sum_of(v: V)` and `largest_of(v: V)`, which reduce the lanes of one V.
 */
export function rowPage(name: string, text: string, edit = (text: string, _width: 1 | 4) => text): Page {
  return pageOf(name, text, (text, width) => {
    if (width === 1) return edit(text, width);
    const wide = text
      .replace("fn sum_of(v: V) -> f32 { return v; }", "fn sum_of(v: V) -> f32 { return (v.x + v.y) + (v.z + v.w); }")
      .replace(
        "fn largest_of(v: V) -> f32 { return v; }",
        "fn largest_of(v: V) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }",
      );
    return edit(wide, width);
  });
}

/** The form of a page for `width` lanes with one of its entry points, which follows the page's name in profiles. */
export function sourceOf(page: Page, width: 1 | 4, entry: string): KernelSource {
  const { name, code } = width === 4 ? page.vector : page.scalar;
  return { name: `${name} ${entry.replaceAll("_", " ")}`, code, entry };
}

/** Lanes of one V for rows of this length. */
export function lanes(length: number): 1 | 4 {
  return length % 4 === 0 ? 4 : 1;
}

/**
 * The entry point and the grid for `rows` independent rows: `entry`, with one invocation per row, or `entry_group`, with one
 * workgroup per row, where the device has barriers to spare and the row is long.
 */
export function rowWalk(
  entry: string,
  rows: number,
  length: number,
  device: Device,
): { entry: string; group: number; grid: [number, number, number] } {
  if (walksAlone(device) || length < LONG_ROW) {
    const { grid, workgroup } = flatGrid(rows, device.limits);
    return { entry, group: workgroup, grid };
  }
  const { grid } = flatGrid(rows, device.limits, 1);
  return { entry: `${entry}_group`, group: SHARED_GROUP, grid };
}

const folding = pageOf("reduce", reduce);

/**
 * In how many parts to sum `steps` terms for each of `columns` columns, so that the device has enough to do at once. The
 * parts are added up by `foldParts`.
 */
export function partsFor(steps: number, columns: number, device: Device): number {
  const wanted = walksAlone(device) ? 64 : 16384;
  return Math.max(1, Math.min(Math.floor(wanted / columns), Math.ceil(steps / 32)));
}

/** Sums the middle axis of [outer, parts, length], the second stage of a long reduction. */
export function foldParts(
  from: Tensor | Scratch,
  to: Tensor | Scratch,
  { outer, parts, length }: { outer: number; parts: number; length: number },
  device: Device,
): Call {
  const by = lanes(length), { grid, workgroup } = flatGrid(outer * length / by, device.limits);
  return {
    source: by === 4 ? folding.vector : folding.scalar,
    constants: { OUTER: outer, LENGTH: parts * length / by, WIDTH: length / by, STEPS: parts, GROUP: workgroup },
    bind: [from, to],
    grid,
  };
}
