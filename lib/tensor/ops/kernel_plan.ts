/**
 * How a large kernel is to run: which entry point, which constants, how many workgroups. Plans name their buffers by role,
 * so they know shapes and no tensors.
 */
import activation from "../../../kernels/activation.wgsl" with { type: "text" };
import tiles from "../../../kernels/tiles.wgsl" with { type: "text" };
import type { Device, KernelSource } from "../../device/device.ts";

/** What a plan must know of the device. */
export type PlanDevice = Pick<Device, "kind" | "software" | "limits">;

/** Epilogues of matmul and conv2d, in the order of their numbers in the pages. `gelu` is the exact one, with erf. */
export const ACTIVATIONS = ["none", "relu", "gelu", "silu", "sigmoid", "tanh"] as const;
export type Activation = typeof ACTIVATIONS[number];

/** A page with the shared epilogue behind it, and with the shared tile loop where wanted. Its own lines keep their numbers. */
export function epiloguePage(name: string, page: string, entry: string, tiled: boolean): KernelSource {
  return { name, code: page + (tiled ? tiles : "") + activation, entry };
}

/** One kernel run; `bind[i]` is the role of the buffer at `@binding(i)`. */
export interface PlannedCall<Role extends string> {
  readonly source: KernelSource;
  readonly constants: Record<string, number>;
  readonly grid: readonly [number, number, number];
  readonly bind: readonly Role[];
}

/** Runs in order. */
export interface KernelPlan<Role extends string> {
  readonly calls: readonly PlannedCall<Role | "parts" | "padded">[];
  /** Bytes of the buffer with the role `parts`, needed only while the calls run; 0 when there is none. */
  readonly scratchBytes: number;
  /** The same for the role `padded`. Default 0. */
  readonly paddedBytes?: number;
  /** Two per multiply-add that the operation asks for, padding left out. */
  readonly flops: number;
  /** Bytes of all inputs and outputs, each once. */
  readonly bytes: number;
}

/** Cut of a matrix product C [m, n] = A [m, k] · B [k, n] into workgroups. */
export interface Tiling {
  /** Lanes along columns and rows. */
  readonly wx: number;
  readonly wy: number;
  /** Each lane computes rows×columns sums. */
  readonly rows: number;
  readonly columns: number;
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
  /** May a long k be cut into parts? */
  readonly cut: boolean;
  readonly device: PlanDevice;
}

/** What a kind of device likes. Costs are in multiply-adds of one lane. */
interface Taste {
  /** Workgroups that keep it busy. */
  readonly workers: number;
  readonly lanes: readonly number[];
  readonly rows: readonly number[];
  /** Reading an element of a tile, bringing one there, a step of the loop over k, and the barriers around a tile. */
  readonly read: number;
  readonly load: number;
  readonly step: number;
  readonly barriers: number;
}

const GPU: Taste = { workers: 256, lanes: [64, 256], rows: [4, 8], read: 1, load: 6, step: 4, barriers: 200 };
/** Measured on llvmpipe, whose every access to memory costs as much as eight multiply-adds or more. */
const SOFTWARE: Taste = { workers: 8, lanes: [64], rows: [4, 8], read: 8, load: 25, step: 8, barriers: 600 };
/** 16 rows are faster still, but compile for longer. */
const SOFTWARE_LARGE: Taste = { ...SOFTWARE, rows: [4, 8, 16] };
const LARGE = 2 ** 24;

/** Elements of both tiles together: 16 KiB, which every WebGPU device has. */
const TILE_ELEMENTS = 4096;
/** Sums of one part of k; below this a second pass costs more than it spares. */
const SHORTEST_PART = 256;
const LANES_ALONG_COLUMNS = [1, 2, 3, 4, 6, 8, 12, 16];

/**
 * Chooses tiles: little padding, square (few loads per sum), enough of them for all cores.
 * The choice depends on the shape and the kind of device only, never on load, so that the same run gives the same bits.
 */
export function chooseTiling(request: TilingRequest): Tiling {
  const { m, n, k, batch, device } = request;
  const taste = !device.software ? GPU : m * n * k * batch >= LARGE ? SOFTWARE_LARGE : SOFTWARE;
  let best: Tiling | null = null;
  let bestCost = Infinity;
  for (const rows of taste.rows) {
    for (const columns of [4, 8]) {
      for (const lanes of taste.lanes.filter((lanes) => lanes <= device.limits.maxWorkgroupInvocations)) {
        for (const wx of LANES_ALONG_COLUMNS) {
          if (wx > Math.ceil(n / columns)) continue;
          const wy = Math.min(Math.floor(lanes / wx), Math.ceil(m / rows));
          const tiling = tilingFor(request, { wx, wy, rows, columns }, taste.workers);
          const cost = costOf(tiling, taste);
          if (cost < bestCost) [best, bestCost] = [tiling, cost];
        }
      }
    }
  }
  return best!;
}

type Tile = Pick<Tiling, "wx" | "wy" | "rows" | "columns">;

function tilingFor({ m, n, k, batch, cut }: TilingRequest, tile: Tile, workers: number): Tiling {
  const [height, width] = [tile.rows * tile.wy, tile.columns * tile.wx];
  const tiles = Math.ceil(m / height) * Math.ceil(n / width) * batch;
  const wanted = cut ? partsFor(tiles, k, workers) : 1;
  const deepest = Math.min(32, Math.floor(TILE_ELEMENTS / (height + width) / 4) * 4);
  const depth = evenDepth(Math.ceil(k / wanted), deepest);
  const chunk = Math.ceil(k / wanted / depth) * depth;
  const parts = Math.ceil(k / chunk);
  return { ...tile, depth, parts, chunk, groups: tiles * parts };
}

/** Lanes run in bundles of 8; fewer workgroups than workers leave some idle. */
function costOf({ wx, wy, rows, columns, depth, chunk, groups }: Tiling, taste: Taste): number {
  const loads = taste.load * (rows / wx + columns / wy);
  const perStep = rows * columns + taste.read * (rows + columns) + loads + taste.step;
  const perTile = depth * perStep + taste.barriers;
  return Math.max(groups, taste.workers) * Math.ceil(wx * wy / 8) * Math.ceil(chunk / depth) * perTile;
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

/** Is a product so small, on a device that compiles so slowly, that tiles do not pay? */
export function isPlain(multiplyAdds: number, device: PlanDevice): boolean {
  return device.software && multiplyAdds <= 2 ** 16;
}

/** Lanes of a workgroup where each lane works alone. */
export const FLAT_LANES = 64;

/** Constants of a tiling, as both pages name them. Software adapters compile for seconds when they may unroll loops. */
export function tilingConstants(tiling: Tiling, device: PlanDevice): Record<string, number> {
  return {
    WX: tiling.wx,
    WY: tiling.wy,
    ROWS: tiling.rows,
    COLUMNS: tiling.columns,
    DEPTH: tiling.depth,
    PARTS: tiling.parts,
    CHUNK: tiling.chunk,
    KEEP_LOOPS: Number(device.software),
  };
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
