/**
 * How a large kernel is to run: which entry point, which constants, how many workgroups. Plans name their buffers by role,
 * so they know shapes and no tensors.
 */
import type { Device, KernelSource } from "../../device/device.ts";

/** What a plan must know of the device. */
export type PlanDevice = Pick<Device, "kind" | "software" | "limits">;

/** Epilogues of matmul and conv2d, in the order of their numbers in the pages. `gelu` is the exact one, with erf. */
export const ACTIVATIONS = ["none", "relu", "gelu", "silu", "sigmoid", "tanh"] as const;
export type Activation = typeof ACTIVATIONS[number];

/** One kernel run; `bind[i]` is the role of the buffer at `@binding(i)`. */
export interface PlannedCall<Role extends string> {
  readonly source: KernelSource;
  readonly constants: Record<string, number>;
  readonly grid: readonly [number, number, number];
  readonly bind: readonly Role[];
}

/** Runs in order. */
export interface KernelPlan<Role extends string> {
  readonly calls: readonly PlannedCall<Role | "parts">[];
  /** Bytes of the buffer with the role `parts`, needed only while the calls run; 0 when there is none. */
  readonly scratchBytes: number;
  /** Two per multiply-add that the operation asks for, padding left out. */
  readonly flops: number;
  /** Bytes of all inputs and outputs, each once. */
  readonly bytes: number;
}

/** Cut of a matrix product C [m, n] = A [m, k] · B [k, n] into workgroups. */
export interface Tiling {
  /** Lanes along columns and rows; each computes side×side sums. */
  readonly wx: number;
  readonly wy: number;
  /** Steps of k per tile. */
  readonly depth: number;
  /** Ranges of k that are summed apart, and their length. */
  readonly parts: number;
  readonly chunk: number;
  /** Workgroups in all. */
  readonly groups: number;
}

export interface TilingRequest {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Products of this size that run side by side. */
  readonly batch: number;
  /** 8 where a lane computes 8×8 sums, 4 where 4×4. */
  readonly side: 4 | 8;
  readonly device: PlanDevice;
}

/** Elements of vec4 in both tiles together: 16 KiB, which every WebGPU device has. */
const TILE_VECTORS = 1024;
/** Sums of one part of k; below this a second pass costs more than it spares. */
const SHORTEST_PART = 256;
const LANES_ALONG_COLUMNS = [1, 2, 3, 4, 6, 8, 12, 16];

/**
 * Chooses tiles: little padding, square (few loads per sum), enough of them for all cores.
 * The choice depends on the shape and the kind of device only, never on load, so that the same run gives the same bits.
 */
export function chooseTiling({ m, n, k, batch, side, device }: TilingRequest): Tiling {
  const onCpu = device.kind === "cpu" || device.software;
  const workers = onCpu ? 8 : 256;
  const tiles = (wx: number, wy: number) => Math.ceil(m / (side * wy)) * Math.ceil(n / (side * wx)) * batch;
  let best = { wx: 1, wy: 1 };
  let bestCost = Infinity;
  for (const lanes of [64, 256]) {
    if (lanes > device.limits.maxWorkgroupInvocations || (lanes === 256 && onCpu)) continue;
    for (const wx of LANES_ALONG_COLUMNS) {
      const wy = Math.min(Math.floor(lanes / wx), Math.ceil(m / side));
      if (wx > Math.ceil(n / side)) continue;
      // A loaded element costs about as much as six sums; lanes run in bundles of 8.
      const perLane = 1 + 6 * (1 / (side * wx) + 1 / (side * wy));
      const perGroup = Math.ceil(wx * wy / 8) * 8 * side * side * perLane;
      const parts = partsFor(tiles(wx, wy), k, workers);
      const groups = tiles(wx, wy) * parts;
      const cost = Math.max(groups, workers) * perGroup / parts;
      if (cost < bestCost) [best, bestCost] = [{ wx, wy }, cost];
    }
  }
  const deepest = Math.min(32, Math.floor(TILE_VECTORS / (2 * (best.wx + best.wy)) / 4) * 4);
  const wanted = partsFor(tiles(best.wx, best.wy), k, workers);
  const depth = evenDepth(Math.ceil(k / wanted), deepest);
  const chunk = Math.ceil(k / wanted / depth) * depth;
  const parts = Math.ceil(k / chunk);
  return { ...best, depth, parts, chunk, groups: tiles(best.wx, best.wy) * parts };
}

function partsFor(tiles: number, k: number, workers: number): number {
  if (tiles * 2 > workers) return 1;
  return Math.max(1, Math.min(Math.ceil(workers / tiles), Math.floor(k / SHORTEST_PART)));
}

/** The depth that cuts k into equal steps with the least padding. */
function evenDepth(k: number, deepest: number): number {
  const steps = Math.ceil(k / deepest);
  return Math.max(4, Math.ceil(k / steps / 4) * 4);
}

/** Constants that only the device decides. Software adapters compile seconds long when they may unroll loops. */
export function deviceConstants(device: PlanDevice): { KEEP_LOOPS: number } {
  return { KEEP_LOOPS: Number(device.software) };
}

/** Folds a count of workgroups over x and y. */
export function foldGrid(groups: number, device: PlanDevice): [number, number, number] {
  const most = device.limits.maxGrid;
  const y = Math.ceil(groups / most);
  if (y > most) throw new RangeError(`expected at most ${most}² workgroups but found ${groups}; use a smaller batch`);
  return [Math.ceil(groups / y), y, 1];
}

/** @throws RangeError unless every size is a whole number of at least `least`. */
export function checkSizes(what: string, sizes: Record<string, number>, least: number): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isInteger(value) || value < least) {
      throw new RangeError(`${what}: expected ${name} to be a whole number of at least ${least} but found ${value}`);
    }
  }
}
