/** How matmul and conv2d are cut on the CPU device: one invocation per block of rows and panel of columns. */
import activation from "../../../kernels/activation.wgsl" with { type: "text" };
import loops from "../../../kernels/panels_cpu.wgsl" with { type: "text" };
import scalar from "../../../kernels/panels_cpu_scalar.wgsl" with { type: "text" };
import vector from "../../../kernels/panels_cpu_vector.wgsl" with { type: "text" };
import type { KernelSource } from "../../device/device.ts";
import { trust } from "../../device/trusted.ts";

/** A page with the block loop behind it, for rows of whole vectors or for any sizes. */
export function panelPage(
  name: string,
  page: string,
): { readonly vector: KernelSource; readonly scalar: KernelSource } {
  const whole = (access: string) => trust({ name, code: page + loops + access + activation });
  return { vector: whole(vector), scalar: whole(scalar) };
}

/** The cut of a product C [m, n] = A [m, k] · B [k, n]. */
export interface PanelCut {
  readonly constants: Readonly<Record<"BLOCK" | "COLS" | "DEPTH" | "PARTS" | "CHUNK" | "WAITING", number>>;
  readonly parts: number;
  /** Workgroups in all. */
  readonly groups: number;
}

export interface PanelRequest {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Products of this size that run side by side. */
  readonly batch: number;
  /** May a long k be cut into parts? */
  readonly cut: boolean;
  /** Elements from one term of A to the next. */
  readonly step: number;
}

/** Enough blocks to keep 16 threads busy. */
const WANTED = 32;
/** With fewer rows per panel, packing it would cost too much. */
const FEWEST_ROWS = 64;
const MOST_ROWS = 128;
/** Terms per part at least; below this the second pass costs more than it spares. */
const SHORTEST_PART = 256;
/** Terms per panel: 16 KiB, a third of a first-level cache; less where each term of A has a cache line of its own. */
const DEEPEST = 512, DEEPEST_APART = 128;

/** Depends on the shape only, so that the same run gives the same bits on any number of threads. */
export function cutPanels({ m, n, k, batch, cut, step }: PanelRequest): PanelCut {
  const columns = n <= 4 ? 1 : 2;
  const panels = Math.ceil(n / (4 * columns)) * batch;
  let rows = MOST_ROWS;
  while (rows > FEWEST_ROWS && panels * Math.ceil(m / rows) < WANTED) rows /= 2;
  const block = Math.min(rows, 4 * Math.ceil(m / 4));
  const blocks = panels * Math.ceil(m / block);
  const wanted = cut && blocks * 2 <= WANTED
    ? Math.min(Math.ceil(WANTED / 2 / blocks), Math.floor(k / SHORTEST_PART))
    : 1;
  const chunk = wanted > 1 ? 4 * Math.ceil(k / wanted / 4) : k;
  const parts = Math.ceil(k / chunk);
  const depth = 4 * Math.ceil(Math.min(chunk, step === 1 ? DEEPEST : DEEPEST_APART) / 4);
  return {
    constants: {
      BLOCK: block,
      COLS: columns,
      DEPTH: depth,
      PARTS: parts,
      CHUNK: chunk,
      WAITING: chunk > depth ? block * columns : 1,
    },
    parts,
    groups: blocks * parts,
  };
}
