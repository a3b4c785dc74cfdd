/** The model of spec 1 §3 as the benchmark trains it: sizes, initial values, settings. Every peer starts from the same numbers. */
import { Stream } from "../../../lib/random.ts";

export interface ModelSizes {
  /** Frames are [side, side, 1]. */
  readonly side: number;
  /** Of the encoder's layers; the decoder has them in reverse. */
  readonly channels: readonly number[];
  /** Width of a token and of the transformer. */
  readonly width: number;
  readonly codes: number;
  /** Inner width of the dynamics' output layers. */
  readonly hidden: number;
  readonly blocks: number;
  readonly heads: number;
  readonly actions: number;
}

/** Preset `small` of spec 1 §10 for 2048. */
export const SMALL: ModelSizes = {
  side: 32,
  channels: [16, 32, 64],
  width: 32,
  codes: 10,
  hidden: 64,
  blocks: 2,
  heads: 4,
  actions: 4,
};

/** Side of the grid of tokens. */
export function gridOf(sizes: ModelSizes): number {
  return sizes.side >> sizes.channels.length;
}

/** Settings of both stages (spec 1 §4, §5, §6, §10). */
export const TRAINING = {
  commitment: 0.25,
  emaDecay: 0.95,
  emaSmoothing: 1e-5,
  clipNorm: 1,
  weightDecay: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  learningRate: { autoencoder: 5e-4, transition: 2e-3 },
} as const;

export interface Value {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Parameters by name, as in `lib/models/vq_world_model`. */
export type Values = Readonly<Record<string, Value>>;

/** How a parameter begins: uniform in ±bound, or normal, or constant. */
interface Plan {
  readonly shape: readonly number[];
  readonly bound?: number;
  readonly normal?: number;
  readonly constant?: number;
}

/**
 * Encoder, codebook and decoder. Convolutions are [KH, KW, Cin, Cout], transposed ones [KH, KW, Cout, Cin], linear layers
 * [in, out].
 */
export function autoencoderParameters(sizes: ModelSizes, seed = 0): Values {
  const { channels, width, codes } = sizes, top = channels.at(-1)!, plan: Record<string, Plan> = {};
  const layer = (name: string, shape: number[], outputs: number, fan: number) => {
    plan[`${name}.weight`] = { shape, bound: 1 / Math.sqrt(fan) };
    plan[`${name}.bias`] = { shape: [outputs], bound: 1 / Math.sqrt(fan) };
  };
  const stack = [1, ...channels];
  channels.forEach((output, i) => layer(`encoder.conv.${2 * i}`, [4, 4, stack[i], output], output, 16 * stack[i]));
  layer("encoder.proj", [top, width], width, top);
  // The tokens of a fresh encoder are small; codes of their size (C3) let all of them be used.
  plan["quantizer.embedding.weight"] = { shape: [codes, width], normal: 0.1 };
  layer("decoder.proj", [width, top], top, width);
  const down = stack.toReversed();
  channels.forEach((_, i) =>
    layer(`decoder.deconv.${2 * i}`, [4, 4, down[i + 1], down[i]], down[i + 1], 16 * down[i + 1])
  );
  return draw(plan, seed);
}

/** Position tables (C1), action table, dynamics and chance transformer. Linear layers are [in, out]. */
export function transitionParameters(sizes: ModelSizes, seed = 0): Values {
  const { width, hidden, blocks, actions, codes } = sizes, plan: Record<string, Plan> = {};
  const linear = (name: string, inputs: number, outputs: number) => {
    plan[`${name}.weight`] = { shape: [inputs, outputs], bound: 1 / Math.sqrt(inputs) };
    plan[`${name}.bias`] = { shape: [outputs], bound: 1 / Math.sqrt(inputs) };
  };
  const block = (name: string) => {
    plan[`${name}.attn.in_proj.weight`] = { shape: [width, 3 * width], bound: Math.sqrt(6 / (4 * width)) };
    plan[`${name}.attn.in_proj.bias`] = { shape: [3 * width], constant: 0 };
    linear(`${name}.attn.out_proj`, width, width);
    plan[`${name}.attn.out_proj.bias`] = { shape: [width], constant: 0 };
    for (const norm of ["ln1", "ln2"]) {
      plan[`${name}.${norm}.weight`] = { shape: [width], constant: 1 };
      plan[`${name}.${norm}.bias`] = { shape: [width], constant: 0 };
    }
    linear(`${name}.ff.0`, width, 4 * width);
    linear(`${name}.ff.2`, 4 * width, width);
  };
  plan["positions"] = { shape: [gridOf(sizes) ** 2, width], normal: 0.5 };
  plan["dynamics.action_embed.weight"] = { shape: [actions, width], normal: 1 };
  for (let i = 0; i < blocks; i++) block(`dynamics.transformer.${i}`);
  linear("dynamics.out_proj.0", width, hidden);
  linear("dynamics.out_proj.2", hidden, width);
  for (let i = 0; i < blocks; i++) block(`chance.transformer.${i}`);
  linear("chance.logits", width, codes);
  return draw(plan, seed);
}

/** The frozen codebook that stage 2 looks its inputs up in: [codes, width]. */
export function frozenCodebook(sizes: ModelSizes, seed = 0): Value {
  return draw({ codebook: { shape: [sizes.codes, sizes.width], normal: 1 } }, seed).codebook;
}

function draw(plan: Record<string, Plan>, seed: number): Values {
  return Object.fromEntries(
    Object.entries(plan).map(([name, { shape, bound, normal, constant = 0 }]) => {
      const stream = Stream.named(seed, `bench/${name}`);
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).map(() =>
        bound !== undefined
          ? bound * (2 * stream.uniform() - 1)
          : normal !== undefined
          ? normal * stream.normal()
          : constant
      );
      return [name, { shape, data }];
    }),
  );
}
