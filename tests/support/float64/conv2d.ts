/**
 * Convolution and transposed convolution in float64. Pictures are [B, H, W, C]. Weights are [KH, KW, Cin, Cout]; those of a
 * transposed convolution [KH, KW, Cout, Cin], the layout of the convolution that it transposes.
 */
import { activate, activateGradient, type Activation } from "./activations.ts";
import { type Nd, zeros } from "./nd.ts";

export interface ConvOptions {
  /** One number, or [vertical, horizontal]. Default 1. */
  readonly stride?: number | readonly [number, number];
  /** One number, [vertical, horizontal], or [top, bottom, left, right]. Default 0. */
  readonly padding?: number | readonly number[];
  /** Extra rows and columns at the bottom and right of a transposed convolution. Default 0. */
  readonly outputPadding?: number | readonly [number, number];
  /** [Cout], added before the activation. */
  readonly bias?: Nd;
  readonly activation?: Activation;
}

export interface ConvGradient {
  readonly x: Nd;
  readonly weight: Nd;
  readonly bias: Nd;
}

/** y[b,i,j,o] = bias[o] + Σ x[b, i·s+ky−top, j·s+kx−left, c]·w[ky,kx,c,o]. */
export function conv2d(x: Nd, weight: Nd, options: ConvOptions = {}): Nd {
  const y = convLinear(x, weight, options);
  return activate(y, options.activation ?? "none");
}

export function conv2dGradient(x: Nd, weight: Nd, dy: Nd, options: ConvOptions = {}): ConvGradient {
  const d = activateGradient(convLinear(x, weight, options), dy, options.activation ?? "none");
  const gradient = { x: zeros(x.shape), weight: zeros(weight.shape), bias: biasGradient(d) };
  // Output positions of the convolution are the "small" side: each meets a window of the input.
  eachTap(x.shape, d.shape, weight.shape, options, (atX, atY, atW, cin, cout) => {
    for (let c = 0; c < cin; c++) {
      for (let o = 0; o < cout; o++) {
        gradient.x.data[atX + c] += d.data[atY + o] * weight.data[atW + c * cout + o];
        gradient.weight.data[atW + c * cout + o] += d.data[atY + o] * x.data[atX + c];
      }
    }
  });
  return gradient;
}

/** y[b, i·s+ky−top, j·s+kx−left, o] += x[b,i,j,c]·w[ky,kx,o,c]; the linear map of a convolution, run backwards. */
export function convTranspose2d(x: Nd, weight: Nd, options: ConvOptions = {}): Nd {
  return activate(transposedLinear(x, weight, options), options.activation ?? "none");
}

export function convTranspose2dGradient(x: Nd, weight: Nd, dy: Nd, options: ConvOptions = {}): ConvGradient {
  const d = activateGradient(transposedLinear(x, weight, options), dy, options.activation ?? "none");
  const gradient = { x: zeros(x.shape), weight: zeros(weight.shape), bias: biasGradient(d) };
  eachTap(d.shape, x.shape, weight.shape, options, (atY, atX, atW, cout, cin) => {
    for (let o = 0; o < cout; o++) {
      for (let c = 0; c < cin; c++) {
        gradient.x.data[atX + c] += d.data[atY + o] * weight.data[atW + o * cin + c];
        gradient.weight.data[atW + o * cin + c] += d.data[atY + o] * x.data[atX + c];
      }
    }
  });
  return gradient;
}

function convLinear(x: Nd, weight: Nd, options: ConvOptions): Nd {
  const { stride, padding: [top, bottom, left, right] } = resolve(options);
  const [batch, height, width] = x.shape, [kh, kw, , cout] = weight.shape;
  const y = zeros([
    batch,
    Math.floor((height + top + bottom - kh) / stride[0]) + 1,
    Math.floor((width + left + right - kw) / stride[1]) + 1,
    cout,
  ]);
  addBias(y, options.bias);
  eachTap(x.shape, y.shape, weight.shape, options, (atX, atY, atW, cin) => {
    for (let c = 0; c < cin; c++) {
      for (let o = 0; o < cout; o++) y.data[atY + o] += x.data[atX + c] * weight.data[atW + c * cout + o];
    }
  });
  return y;
}

function transposedLinear(x: Nd, weight: Nd, options: ConvOptions): Nd {
  const { stride, padding: [top, bottom, left, right], extra } = resolve(options);
  const [batch, height, width] = x.shape, [kh, kw, cout] = weight.shape;
  const y = zeros([
    batch,
    (height - 1) * stride[0] - top - bottom + kh + extra[0],
    (width - 1) * stride[1] - left - right + kw + extra[1],
    cout,
  ]);
  addBias(y, options.bias);
  eachTap(y.shape, x.shape, weight.shape, options, (atY, atX, atW, cout, cin) => {
    for (let o = 0; o < cout; o++) {
      for (let c = 0; c < cin; c++) y.data[atY + o] += x.data[atX + c] * weight.data[atW + o * cin + c];
    }
  });
  return y;
}

/**
 * Visits every pair of a position in the `large` picture and a position in the `small` one that a weight connects:
 * large = small·stride + k − padding. Offsets point at channel 0; weights are [KH, KW, channels of large, of small].
 */
function eachTap(
  large: readonly number[],
  small: readonly number[],
  [kh, kw, largeChannels, smallChannels]: readonly number[],
  options: ConvOptions,
  visit: (atLarge: number, atSmall: number, atWeight: number, largeChannels: number, smallChannels: number) => void,
): void {
  const { stride, padding: [top, , left] } = resolve(options);
  for (let b = 0; b < small[0]; b++) {
    for (let i = 0; i < small[1]; i++) {
      for (let j = 0; j < small[2]; j++) {
        for (let ky = 0; ky < kh; ky++) {
          const row = i * stride[0] + ky - top;
          if (row < 0 || row >= large[1]) continue;
          for (let kx = 0; kx < kw; kx++) {
            const column = j * stride[1] + kx - left;
            if (column < 0 || column >= large[2]) continue;
            visit(
              ((b * large[1] + row) * large[2] + column) * largeChannels,
              ((b * small[1] + i) * small[2] + j) * smallChannels,
              (ky * kw + kx) * largeChannels * smallChannels,
              largeChannels,
              smallChannels,
            );
          }
        }
      }
    }
  }
}

function resolve({ stride = 1, padding = 0, outputPadding = 0 }: ConvOptions) {
  const pair = (value: number | readonly number[]) => typeof value === "number" ? [value, value] : value;
  const sides = pair(padding);
  return {
    stride: pair(stride),
    padding: sides.length === 2 ? [sides[0], sides[0], sides[1], sides[1]] : sides,
    extra: pair(outputPadding),
  };
}

function addBias(y: Nd, bias: Nd | undefined): void {
  const channels = y.shape[3];
  if (bias) y.data.forEach((_, i) => y.data[i] = bias.data[i % channels]);
}

function biasGradient(d: Nd): Nd {
  const bias = zeros([d.shape[3]]);
  d.data.forEach((value, i) => bias.data[i % d.shape[3]] += value);
  return bias;
}
