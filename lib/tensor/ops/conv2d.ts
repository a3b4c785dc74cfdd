import type { Device } from "../../device/device.ts";
import { expectShape } from "../errors.ts";
import { emit, type Node, type Operation, trafficBytes } from "../node.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { activate, type Activation, activationGradient, epilogue } from "./activations.ts";
import { type Conv2dShape, planConv2d } from "./conv2d_plan.ts";
import { boundCalls } from "./planned.ts";
import { sum } from "./reduce.ts";

/** Settings of both convolutions. */
export interface Conv2dOptions {
  /** [outputs], added to every pixel. */
  readonly bias?: Tensor | null;
  /** Pixels from one window to the next. Default 1. */
  readonly stride?: number;
  /** Zeros on every side. Default 0. */
  readonly padding?: number;
  /** Applied last. */
  readonly activation?: Activation;
}

/** Sizes of a convolution x → y and its weights; gradients and transposed convolutions use the same. */
type Sizes = Omit<Conv2dShape, "direction" | "device" | "bias" | "activation" | "accumulate">;

interface Convolution extends Sizes {
  readonly activation: Activation;
}

/** y from x and w. */
const forward: Operation<Convolution> = {
  name: "conv2d",
  lower(node, device) {
    const [x, w, bias] = node.inputs;
    return boundCalls(planFor(node, "forward", device), { x, w, bias, y: node.outputs[0] });
  },
  gradient(node, [upstream], needs) {
    const [x, w] = node.inputs, { activation, ...sizes } = node.attributes;
    const g = activationGradient(node.outputs[0], upstream!, activation);
    return [
      needs[0] ? toInput(g, w, null, { ...sizes, activation: "none" }) : null,
      needs[1] ? toWeight(x, g, { ...sizes, activation: "none" }) : null,
      needs[2] ? sum(g, [0, 1, 2]) : null,
    ];
  },
  cost: costOf,
};

/** x from y and w: the gradient of a convolution's input, and the forward pass of a transposed convolution. */
const input: Operation<Convolution> = {
  name: "conv2d input",
  lower(node, device) {
    const [y, w, bias] = node.inputs;
    return boundCalls(planFor(node, "input", device), { y, w, bias, x: node.outputs[0] });
  },
  gradient(node, [upstream], needs) {
    const [y, w] = node.inputs, { activation, ...sizes } = node.attributes;
    const g = activationGradient(node.outputs[0], upstream!, activation);
    return [
      needs[0] ? toOutput(g, w, null, { ...sizes, activation: "none" }) : null,
      needs[1] ? toWeight(g, y, { ...sizes, activation: "none" }) : null,
      needs[2] ? sum(g, [0, 1, 2]) : null,
    ];
  },
  cost: costOf,
};

/** The gradient of w from x and the gradient of y. */
const weight: Operation<Convolution> = {
  name: "conv2d weight",
  lower(node, device) {
    const [x, y] = node.inputs;
    return boundCalls(planFor(node, "weight", device), { x, y, w: node.outputs[0] });
  },
  cost: costOf,
};

function planFor(node: Node<Convolution>, direction: Conv2dShape["direction"], device: Device) {
  return planConv2d({ ...node.attributes, direction, bias: node.inputs.length > 2, device });
}

function costOf(node: Node<Convolution>) {
  const { batch, outHeight, outWidth, kernel, channels, filters } = node.attributes;
  return {
    flops: 2 * batch * outHeight * outWidth * kernel[0] * kernel[1] * channels * filters,
    bytes: trafficBytes(node),
  };
}

function toOutput(x: Tensor, w: Tensor, bias: Tensor | null, sizes: Convolution): Tensor {
  const { batch, outHeight, outWidth, filters } = sizes;
  return emit(
    forward,
    [x, w, ...bias ? [bias] : []],
    [{ shape: [batch, outHeight, outWidth, filters], dtype: "f32" }],
    sizes,
  )[0];
}

function toInput(y: Tensor, w: Tensor, bias: Tensor | null, sizes: Convolution): Tensor {
  const { batch, height, width, channels } = sizes;
  return emit(
    input,
    [y, w, ...bias ? [bias] : []],
    [{ shape: [batch, height, width, channels], dtype: "f32" }],
    sizes,
  )[0];
}

function toWeight(x: Tensor, y: Tensor, sizes: Convolution): Tensor {
  const { kernel, channels, filters } = sizes;
  return emit(weight, [x, y], [{ shape: [...kernel, channels, filters], dtype: "f32" }], sizes)[0];
}

/**
 * Convolution (cross-correlation, as all deep learning libraries have it) over NHWC pictures.
 *
 * @param x [B, H, W, C]
 * @param w [KH, KW, C, F]
 * @returns activation(x ∗ w + bias), [B, ⌊(H + 2·padding − KH) / stride⌋ + 1, …, F]
 */
export function conv2d(x: Tensor, w: Tensor, options: Conv2dOptions = {}): Tensor {
  const { bias = null, stride = 1, padding = 0, activation = "none" } = options;
  checkRanks("conv2d", x, w, 2, bias, 3);
  const [batch, height, width, channels] = x.shape, [ky, kx, , filters] = w.shape;
  const outHeight = Math.floor((height + 2 * padding - ky) / stride) + 1;
  const outWidth = Math.floor((width + 2 * padding - kx) / stride) + 1;
  expectShape(
    outHeight >= 1 && outWidth >= 1,
    "conv2d",
    () =>
      `expected a picture of at least the window's size, but found ${
        formatShape(x.shape)
      } with window ${ky}×${kx} and padding ${padding}`,
  );
  const { fused, after } = epilogue(activation);
  const sizes = {
    ...common(batch, ky, kx, stride, padding, fused),
    height,
    width,
    channels,
    outHeight,
    outWidth,
    filters,
  };
  return activate(toOutput(x, w, bias, sizes), after);
}

/**
 * Transposed convolution over NHWC pictures: the gradient of `conv2d` with respect to its input, used as a layer.
 *
 * @param x [B, h, w, F]
 * @param w [KH, KW, C, F], the layout of the convolution that it transposes
 * @returns activation(…+ bias), [B, (h − 1)·stride − 2·padding + KH, …, C]
 */
export function convTranspose2d(x: Tensor, w: Tensor, options: Conv2dOptions = {}): Tensor {
  const { bias = null, stride = 1, padding = 0, activation = "none" } = options;
  checkRanks("convTranspose2d", x, w, 3, bias, 2);
  const [batch, outHeight, outWidth, filters] = x.shape, [ky, kx, channels] = w.shape;
  const height = (outHeight - 1) * stride - 2 * padding + ky, width = (outWidth - 1) * stride - 2 * padding + kx;
  expectShape(
    height >= 1 && width >= 1,
    "convTranspose2d",
    () => `expected less padding than ${padding} for ${formatShape(x.shape)} with window ${ky}×${kx}`,
  );
  const { fused, after } = epilogue(activation);
  const sizes = {
    ...common(batch, ky, kx, stride, padding, fused),
    height,
    width,
    channels,
    outHeight,
    outWidth,
    filters,
  };
  return activate(toInput(x, w, bias, sizes), after);
}

function common(batch: number, ky: number, kx: number, stride: number, padding: number, activation: Activation) {
  return {
    batch,
    kernel: [ky, kx] as const,
    stride: [stride, stride] as const,
    padding: [padding, padding] as const,
    activation,
  };
}

function checkRanks(
  name: string,
  x: Tensor,
  w: Tensor,
  inputAxis: number,
  bias: Tensor | null,
  outputAxis: number,
): void {
  expectShape(
    x.rank === 4 && w.rank === 4 && w.shape[inputAxis] === x.shape[3],
    name,
    () =>
      `expected x [B, H, W, C] and w [KH, KW, …] with C on axis ${inputAxis}, but found ${formatShape(x.shape)} and ${
        formatShape(w.shape)
      }`,
  );
  expectShape(
    !bias || sameShape(bias.shape, [w.shape[outputAxis]]),
    name,
    () => `expected a bias [${w.shape[outputAxis]}], but found ${formatShape(bias!.shape)}`,
  );
}
