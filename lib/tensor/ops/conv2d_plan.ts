import foldPage from "../../../kernels/conv2d_fold.wgsl" with { type: "text" };
import plainPage from "../../../kernels/conv2d_plain.wgsl" with { type: "text" };
import page from "../../../kernels/conv2d.wgsl" with { type: "text" };
import { planConv2dCpu } from "./conv2d_cpu_plan.ts";
import {
  type Activation,
  ACTIVATIONS,
  checkSizes,
  chooseTiling,
  epiloguePage,
  FLAT_LANES,
  foldGrid,
  isPlain,
  type KernelPlan,
  type PlanDevice,
  tilingConstants,
} from "./kernel_plan.ts";
import { planMatmul, sumParts } from "./matmul_plan.ts";

/** Forward: y from x and w. Input: x (or its gradient) from y and w. Weight: the gradient of w from x and that of y. */
export type ConvDirection = "forward" | "input" | "weight";

/**
 * A convolution between x [batch, height, width, channels] and y [batch, outHeight, outWidth, filters] with weights
 * [kernel, kernel, channels, filters]. A transposed convolution is direction `input`: its input is y and its output x.
 */
export interface Conv2dShape {
  readonly direction: ConvDirection;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly filters: number;
  /** Rows and columns. */
  readonly kernel: readonly [number, number];
  /** Default [1, 1]. */
  readonly stride?: readonly [number, number];
  /** Rows above and columns left of x; those below and right follow from the sizes. Default [0, 0]. */
  readonly padding?: readonly [number, number];
  /** Is there a bias, [filters] forward or [channels] for direction `input`? Default no. */
  readonly bias?: boolean;
  readonly activation?: Activation;
  /** Adds the result to what is there. Default no. */
  readonly accumulate?: boolean;
  /** One lane per sum, without tiles? Default: for small products on software adapters, which compile slowly. */
  readonly plain?: boolean;
  readonly device: PlanDevice;
}

/** `x`, `y`, `w` are the tensors or their gradients, as the direction says. */
export type Conv2dRole = "x" | "y" | "w" | "bias";

const VECTOR = epiloguePage("conv2d", page, "main", true);
const SCALAR = epiloguePage("conv2d", page, "scalar", true);
const PLAIN = epiloguePage("conv2d_plain", plainPage, "main", false);
const FOLD = epiloguePage("conv2d_fold", foldPage, "main", false);

const ROLES = {
  forward: { number: 0, source: "x", factor: "w", result: "y" },
  input: { number: 1, source: "y", factor: "w", result: "x" },
  weight: { number: 2, source: "x", factor: "y", result: "w" },
} as const;

/** With fewer channels, tiles of x would be mostly padding. */
const FEWEST_CHANNELS = 4;

/**
 * Plans one direction of a convolution: one call, or two when a long sum is cut into parts that are added afterwards.
 * @throws RangeError on sizes that are not whole and positive.
 */
export function planConv2d(shape: Conv2dShape): KernelPlan<Conv2dRole> {
  const { direction, batch, height, width, channels, outHeight, outWidth, filters, device } = shape;
  const [ky, kx] = shape.kernel;
  const [sy, sx] = shape.stride ?? [1, 1];
  const [py, px] = shape.padding ?? [0, 0];
  checkSizes("conv2d", { batch, height, width, channels, outHeight, outWidth, filters, ky, kx, sy, sx }, 1);
  checkSizes("conv2d", { py, px }, 0);
  if (shape.plain ?? isPlain(costsOf(shape).flops / 2, device)) return planPlain(shape);
  if (direction === "input" && channels < FEWEST_CHANNELS) return planFold(shape);
  if (device.kind === "cpu") return planConv2dCpu(shape, costsOf(shape));
  const { m, n, k, phases, stored } = product(shape, [ky, kx], [sy, sx]);
  const vectors = channels % 4 === 0 && filters % 4 === 0;
  const tiling = chooseTiling({ m, n, k, batch: phases, device, cut: true });
  const { parts, groups } = tiling;
  const { number, source, factor, result } = ROLES[direction];
  const epilogue = epilogueOf(shape);
  const sizes = { ...sizesOf(shape), DIRECTION: number, FILTERS: filters, ...tilingConstants(tiling, device) };
  const entry = vectors ? VECTOR : SCALAR;
  const grid = foldGrid(groups, device);
  const costs = costsOf(shape);
  // Without a bias its binding holds the source, which is not read there.
  if (parts === 1) {
    const bind = [source, factor, shape.bias ? "bias" : source, result] as const;
    return { calls: [{ source: entry, constants: { ...sizes, ...epilogue }, grid, bind }], scratchBytes: 0, ...costs };
  }
  const flat = { M: stored / n, N: n, K: 1, BATCH: 1, STRIDE_C: stored, ...epilogue };
  return {
    calls: [
      { source: entry, constants: sizes, grid, bind: [source, factor, source, "parts"] },
      sumParts<Conv2dRole | "parts">(flat, parts, shape.bias ? "bias" : "parts", result, device),
    ],
    scratchBytes: 4 * parts * stored,
    ...costs,
  };
}

/** Sizes of the matrix product behind a direction; `stored` counts the elements of the result. */
function product(shape: Conv2dShape, [ky, kx]: readonly [number, number], [sy, sx]: readonly [number, number]) {
  const { direction, batch, height, width, channels, outHeight, outWidth, filters } = shape;
  const pixels = batch * outHeight * outWidth;
  if (direction === "forward") {
    return { m: pixels, n: filters, k: ky * kx * channels, phases: 1, stored: pixels * filters };
  }
  if (direction === "weight") {
    const rows = ky * kx * channels;
    return { m: rows, n: filters, k: pixels, phases: 1, stored: rows * filters };
  }
  return {
    m: batch * Math.ceil(height / sy) * Math.ceil(width / sx),
    n: channels,
    k: Math.ceil(ky / sy) * Math.ceil(kx / sx) * filters,
    phases: sy * sx,
    stored: batch * height * width * channels,
  };
}

/** One lane per element of the result. */
function planPlain(shape: Conv2dShape): KernelPlan<Conv2dRole> {
  const { batch, height, width, channels, outHeight, outWidth, filters, kernel: [ky, kx], device } = shape;
  const { number, source, factor, result } = ROLES[shape.direction];
  const constants = {
    ...sizesOf(shape),
    ...epilogueOf(shape),
    DIRECTION: number,
    FILTERS: filters,
    GROUP: FLAT_LANES,
    KEEP_LOOPS: Number(device.software),
  };
  const elements = {
    x: batch * height * width * channels,
    y: batch * outHeight * outWidth * filters,
    w: ky * kx * channels * filters,
  };
  const grid = foldGrid(Math.ceil(elements[result] / FLAT_LANES), device);
  const bind = [source, factor, shape.bias ? "bias" : source, result] as const;
  return { calls: [{ source: PLAIN, constants, grid, bind }], scratchBytes: 0, ...costsOf(shape) };
}

/** Direction `input` for few channels: one dense product of y with every tap, then the taps are put together. */
function planFold(shape: Conv2dShape): KernelPlan<Conv2dRole> {
  const { batch, height, width, channels, outHeight, outWidth, filters, kernel: [ky, kx], device } = shape;
  const m = batch * outHeight * outWidth;
  const n = ky * kx * channels;
  const [product] = planMatmul({ m, n, k: filters, transposeB: true, device, cut: false, plain: false }).calls;
  const roles = { a: "y", b: "w", bias: "y", c: "parts", parts: "parts", padded: "padded" } as const;
  const fold = { ...sizesOf(shape), ...epilogueOf(shape), GROUP: FLAT_LANES, KEEP_LOOPS: Number(device.software) };
  const grid = foldGrid(Math.ceil(batch * height * width * channels / FLAT_LANES), device);
  return {
    calls: [
      { ...product, bind: product.bind.map((role) => roles[role]) },
      { source: FOLD, constants: fold, grid, bind: ["parts", shape.bias ? "bias" : "parts", "x"] },
    ],
    scratchBytes: 4 * m * n,
    ...costsOf(shape),
  };
}

function sizesOf(shape: Conv2dShape): Record<string, number> {
  const [sy, sx] = shape.stride ?? [1, 1];
  const [py, px] = shape.padding ?? [0, 0];
  return {
    BATCH: shape.batch,
    HEIGHT: shape.height,
    WIDTH: shape.width,
    CHANNELS: shape.channels,
    OUT_HEIGHT: shape.outHeight,
    OUT_WIDTH: shape.outWidth,
    KY: shape.kernel[0],
    KX: shape.kernel[1],
    SY: sy,
    SX: sx,
    PY: py,
    PX: px,
  };
}

function epilogueOf(shape: Conv2dShape): Record<string, number> {
  return {
    HAS_BIAS: Number(shape.bias ?? false),
    ACTIVATION: ACTIVATIONS.indexOf(shape.activation ?? "none"),
    ACCUMULATE: Number(shape.accumulate ?? false),
  };
}

function costsOf(shape: Conv2dShape): { flops: number; bytes: number } {
  const { batch, height, width, channels, outHeight, outWidth, filters, kernel: [ky, kx] } = shape;
  const [x, y] = [batch * height * width * channels, batch * outHeight * outWidth * filters];
  const weights = ky * kx * channels * filters;
  return { flops: 2 * (y / filters) * weights, bytes: 4 * (x + y + weights) };
}
