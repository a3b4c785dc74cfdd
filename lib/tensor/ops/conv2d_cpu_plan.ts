import page from "../../../kernels/conv2d_cpu.wgsl" with { type: "text" };
import padPage from "../../../kernels/conv2d_pad.wgsl" with { type: "text" };
import { pageOf } from "../page.ts";
import type { Conv2dRole, Conv2dShape } from "./conv2d_plan.ts";
import { ACTIVATIONS, foldGrid, type KernelPlan, type PlanDevice, type PlannedCall } from "./kernel_plan.ts";
import { sumParts } from "./matmul_plan.ts";
import { cutPanels, panelPage } from "./panels_cpu_plan.ts";

const SOURCES = panelPage("conv2d_cpu", page);
const PAD = pageOf("conv2d_pad", padPage);

type Cost = Pick<KernelPlan<Conv2dRole>, "flops" | "bytes">;
type Role = Conv2dRole | "parts" | "padded";

/** A picture that a direction reads, and the border it needs. */
interface Picture {
  readonly role: "x" | "y";
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly top: number;
  readonly left: number;
  readonly paddedHeight: number;
  readonly paddedWidth: number;
}

/** The product behind a direction, and how its A lies in the padded picture. */
interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly phases: number;
  readonly picture: Picture;
  readonly factor: "w" | "y";
  readonly result: "x" | "y" | "w";
  /** Elements of the result. */
  readonly stored: number;
  readonly constants: Readonly<
    Record<"ACROSS" | "LINES" | "ROW_STEP" | "LINE" | "IMAGE" | "RUN" | "STEP" | "RUNS", number>
  >;
  readonly further: Readonly<Record<string, number>>;
}

/** Plans one direction of a convolution on the CPU device: a border around the picture if it needs one, then a product. */
export function planConv2dCpu(shape: Conv2dShape, cost: Cost): KernelPlan<Conv2dRole> {
  const { device } = shape;
  const product = shape.direction === "input" ? inputProduct(shape) : windowProduct(shape);
  const { m, n, k, phases, picture, factor, result, constants } = product;
  const cut = cutPanels({ m, n, k, batch: phases, step: constants.STEP, cut: phases === 1 });
  const { role: pad, calls, bytes } = padding(picture, device);
  const sizes = {
    M: m,
    N: n,
    K: k,
    BATCH: phases,
    ...cut.constants,
    TABLE: 1,
    PLACES: cut.constants.DEPTH,
    ...constants,
    ...product.further,
  };
  const epilogue = {
    HAS_BIAS: Number(shape.bias ?? false),
    ACTIVATION: ACTIVATIONS.indexOf(shape.activation ?? "none"),
    ACCUMULATE: Number(shape.accumulate ?? false),
  };
  const whole = n % 4 === 0 && (shape.direction !== "input" || shape.filters % 4 === 0);
  const source = whole ? SOURCES.vector : SOURCES.scalar;
  const grid = foldGrid(cut.groups, device);
  // Without a bias its binding holds another input, which is not read there.
  const bias = shape.bias ? "bias" : pad;
  if (cut.parts === 1) {
    calls.push({ source, constants: { ...sizes, ...epilogue }, grid, bind: [pad, factor, bias, result] });
    return { calls, scratchBytes: 0, paddedBytes: bytes, ...cost };
  }
  const flat = { M: m, N: n, K: 1, BATCH: 1, STRIDE_C: m * n, ...epilogue };
  calls.push({ source, constants: sizes, grid, bind: [pad, factor, pad, "parts"] });
  calls.push(sumParts<Role>(flat, cut.parts, shape.bias ? "bias" : "parts", result, device));
  return { calls, scratchBytes: 4 * cut.parts * product.stored, paddedBytes: bytes, ...cost };
}

/** Directions forward and weight: windows of x. */
function windowProduct(shape: Conv2dShape): Product {
  const { direction, batch, height, width, channels, outHeight, outWidth, filters, kernel: [ky, kx] } = shape;
  const [sy, sx] = shape.stride ?? [1, 1], [py, px] = shape.padding ?? [0, 0];
  const paddedHeight = Math.max(py + height, (outHeight - 1) * sy + ky);
  const paddedWidth = Math.max(px + width, (outWidth - 1) * sx + kx);
  const picture = { role: "x", batch, height, width, channels, top: py, left: px, paddedHeight, paddedWidth } as const;
  const line = paddedWidth * channels, image = paddedHeight * line;
  const pixels = batch * outHeight * outWidth, window = ky * kx * channels;
  const taps = { ACROSS: kx * channels, LINES: ky, ROW_STEP: 1, LINE: line, IMAGE: 0 };
  if (direction === "weight") {
    const runs = { RUN: outWidth, STEP: sx * channels, RUNS: outHeight };
    const further = { RUN_APART: sy * line, RUNS_APART: image };
    const sizes = { m: window, n: filters, k: pixels, phases: 1, stored: window * filters };
    return { ...sizes, picture, factor: "y", result: "w", constants: { ...taps, ...runs }, further };
  }
  const rows = { ACROSS: outWidth, LINES: outHeight, ROW_STEP: sx * channels, LINE: sy * line, IMAGE: image };
  const runs = { RUN: kx * channels, STEP: 1, RUNS: ky };
  const sizes = { m: pixels, n: filters, k: window, phases: 1, stored: pixels * filters };
  return { ...sizes, picture, factor: "w", result: "y", constants: { ...rows, ...runs }, further: { RUN_APART: line } };
}

/**
 * Direction input: pixels of x of one phase (r mod stride) meet the same taps, every stride-th; each phase is a
 * convolution of y with those.
 */
function inputProduct(shape: Conv2dShape): Product {
  const { batch, height, width, channels, outHeight, outWidth, filters, kernel: [ky, kx] } = shape;
  const [sy, sx] = shape.stride ?? [1, 1], [py, px] = shape.padding ?? [0, 0];
  const vertical = phaseGeometry(height, outHeight, ky, sy, py);
  const horizontal = phaseGeometry(width, outWidth, kx, sx, px);
  const [ty, tx] = [vertical.taps, horizontal.taps];
  const picture = {
    role: "y",
    batch,
    height: outHeight,
    width: outWidth,
    channels: filters,
    top: vertical.before,
    left: horizontal.before,
    paddedHeight: vertical.padded,
    paddedWidth: horizontal.padded,
  } as const;
  const line = horizontal.padded * filters;
  const rows = { ACROSS: horizontal.pixels, LINES: vertical.pixels, ROW_STEP: filters, LINE: line };
  return {
    m: batch * vertical.pixels * horizontal.pixels,
    n: channels,
    k: ty * tx * filters,
    phases: sy * sx,
    picture,
    factor: "w",
    result: "x",
    stored: batch * height * width * channels,
    constants: { ...rows, IMAGE: vertical.padded * line, RUN: tx * filters, STEP: 1, RUNS: ty },
    further: {
      RUN_APART: line,
      INPUT: 1,
      ...{ KY: ky, KX: kx, SY: sy, SX: sx, PY: py, PX: px, FILTERS: filters, HEIGHT: height, WIDTH: width },
      ...{ TY: ty, TX: tx, TOP: vertical.before, LEFT: horizontal.before },
    },
  };
}

/** Along one axis: taps that a phase meets, its pixels, and the border of y that they reach into. */
function phaseGeometry(size: number, out: number, kernel: number, stride: number, padding: number) {
  const taps = Math.ceil(kernel / stride), pixels = Math.ceil(size / stride);
  const before = Math.max(0, taps - 1 - Math.floor(padding / stride));
  const reached = pixels + Math.floor((stride - 1 + padding) / stride) + before;
  return { taps, pixels, before, padded: Math.max(before + out, reached) };
}

/** The call that puts a border around a picture; none if it needs none. */
function padding(picture: Picture, device: PlanDevice) {
  const { role, batch, height, width, channels, top, left, paddedHeight, paddedWidth } = picture;
  const calls: PlannedCall<Role>[] = [];
  if (paddedHeight === height && paddedWidth === width) return { role, calls, bytes: 0 };
  const wide = channels % 4 === 0;
  const constants = {
    BATCH: batch,
    HEIGHT: height,
    WIDTH: width,
    CHANNELS: wide ? channels / 4 : channels,
    PADDED_HEIGHT: paddedHeight,
    PADDED_WIDTH: paddedWidth,
    TOP: top,
    LEFT: left,
  };
  const grid = foldGrid(batch * paddedHeight, device);
  calls.push({ source: wide ? PAD.vector : PAD.scalar, constants, grid, bind: [role, "padded"] });
  return { role: "padded" as const, calls, bytes: 4 * batch * paddedHeight * paddedWidth * channels };
}
