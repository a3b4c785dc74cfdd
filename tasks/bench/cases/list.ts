/** All cases, in the order of the table. */
import type { AutoencoderCase, Case, ConvCase, MatmulCase, TransitionCase } from "./case.ts";
import { gridOf, type ModelSizes, SMALL } from "./model.ts";

export const CASES: readonly Case[] = [
  matmul(256, true),
  matmul(512, true),
  matmul(1024, false),
  conv("small", 64, 32, [1, 16, 32, 64], false, true),
  conv("small", 64, 32, [1, 16, 32, 64], true, true),
  conv("full", 32, 64, [1, 32, 64, 128, 256], false, false),
  conv("full", 32, 64, [1, 32, 64, 128, 256], true, false),
  autoencoder(SMALL, 64),
  transition(SMALL, 64),
];

function matmul(size: number, quick: boolean): MatmulCase {
  return {
    kind: "matmul",
    id: `matmul-${size}`,
    title: `matmul ${size}³`,
    flops: 2 * size ** 3,
    quick,
    tolerance: 1e-4,
    size,
  };
}

function conv(
  name: string,
  batch: number,
  side: number,
  channels: readonly number[],
  backward: boolean,
  quick: boolean,
): ConvCase {
  const macs = convMacs(batch, side, channels);
  const forward = macs.reduce((a, b) => a + b, 0);
  return {
    kind: "conv",
    id: `conv-${name}-${backward ? "backward" : "forward"}`,
    title: `conv2d stack ${name}, ${backward ? "forward and backward" : "forward"}`,
    // Backward: gradients of all weights, and of all inputs but the pictures.
    flops: 2 * (backward ? 3 * forward - macs[0] : forward),
    quick,
    tolerance: 1e-3,
    batch,
    side,
    channels,
    backward,
  };
}

function autoencoder(sizes: ModelSizes, batch: number): AutoencoderCase {
  const { side, channels, width, codes } = sizes, tokens = gridOf(sizes) ** 2;
  const stack = convMacs(batch, side, [1, ...channels]).reduce((a, b) => a + b, 0);
  const ends = batch * tokens * channels.at(-1)! * width;
  return {
    kind: "autoencoder step",
    id: "stage-1",
    title: "training step, stage 1 (VQ-VAE), small",
    flops: 6 * 2 * (stack + ends) + 2 * batch * tokens * codes * width,
    quick: true,
    tolerance: 1e-3,
    sizes,
    batch,
  };
}

function transition(sizes: ModelSizes, batch: number): TransitionCase {
  const { width, hidden, blocks, codes } = sizes, tokens = gridOf(sizes) ** 2;
  const block = 12 * width ** 2 + 2 * tokens * width;
  const macs = batch * tokens * (2 * blocks * block + 2 * width * hidden + width * codes);
  return {
    kind: "transition step",
    id: "stage-2",
    title: "training step, stage 2 (transformer), small",
    flops: 6 * macs,
    quick: true,
    tolerance: 1e-3,
    sizes,
    batch,
  };
}

/** Multiply-adds of each layer of a stack of 4×4 convolutions with stride 2. */
function convMacs(batch: number, side: number, channels: readonly number[]): number[] {
  return channels.slice(1).map((output, i) => batch * (side >> (i + 1)) ** 2 * 16 * channels[i] * output);
}
