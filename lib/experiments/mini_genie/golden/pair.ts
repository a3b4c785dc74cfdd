import type { Device } from "../../../device/mod.ts";
import {
  ActionNet,
  type BottleneckSettings,
  Dynamics,
  likeliest,
  pairLoss,
  sampled,
} from "../../../models/mini_genie/mod.ts";
import { Parameters } from "../../../nn/mod.ts";
import { Stream } from "../../../random.ts";
import {
  argmax,
  cast,
  compile,
  equal,
  gradients,
  mean,
  oneHot,
  slice,
  softmax,
  type Tensor,
} from "../../../tensor/mod.ts";
import { AdamW } from "../../../train/mod.ts";
import type { GoldenChecks } from "../../golden_checks.ts";
import type { Golden, GoldenPair, PairBlock } from "./format.ts";
import { checkGradients, checkStats, LOSS, OUTPUT, writeGolden } from "./parameters.ts";

/** The golden action net and dynamics with their parameters on a device. */
function goldenPair(device: Device, section: GoldenPair) {
  const { V, E, g, hid, A, D, heads, layers, ff } = section.config, parameters = new Parameters();
  const channels = (section.config as unknown as { cc: [number, number, number] }).cc;
  const stream = Stream.named(0, "golden");
  const net = { actions: A, width: E, channels, hidden: hid, pooled: false, changes: false, turns: "none" as const };
  const actionNet = new ActionNet(parameters, "lam", V, g, net, stream);
  const sizes = { codes: V, tokens: g * g, actions: A }, brain = { width: D, heads, layers, inner: ff, dropout: 0 };
  const dynamics = new Dynamics(parameters, "wm", sizes, brain, stream);
  parameters.place(device);
  writeGolden(section, parameters);
  return { parameters, actionNet, dynamics };
}

/** Action net and dynamics with soft and with straight-through codes, and the dream. */
export async function checkPair(device: Device, golden: Golden, checks: GoldenChecks): Promise<void> {
  const section = golden.pair, { V, B, g, tm, ts } = section.config;
  const before = Int32Array.from({ length: B * g * g }, (_, i) => (tm * i + Math.floor(i / 5) + ts) % V);
  const after = before.map((z, i) => i % 7 === 0 ? (z + 3) % V : z);
  checks.allEqual("pair tokens0", before, section.tokens0);
  checks.allEqual("pair tokens1", after, section.tokens1);
  await checkBlock("soft", device, section, section.soft, checks);
  await checkBlock("straight_through", device, section, section.straight_through, checks);
  await checkDream(device, section, checks);
}

async function checkBlock(
  name: "soft" | "straight_through",
  device: Device,
  section: GoldenPair,
  block: PairBlock,
  checks: GoldenChecks,
): Promise<void> {
  const what = `pair ${name}`, { config: { B, g, lr } } = section;
  const { parameters, actionNet, dynamics } = goldenPair(device, section);
  checks.equal(`${what} n_params`, parameters.count, section.n_params);
  const grids = (tokens: readonly number[]) => ({ data: Int32Array.from(tokens), shape: [B, g * g] });
  const settings: BottleneckSettings = {
    bottleneck: name === "soft" ? "soft" : "hard",
    conditional: block.lambda_cond,
    marginal: block.lambda_marg,
  };
  const optimiser = new AdamW(device, parameters, { learningRate: lr, weightDecay: 0 });
  const forward = (before: Tensor, after: Tensor) => {
    const pass = pairLoss(actionNet, dynamics, { before, after }, settings);
    return { ...pass, accuracy: mean(equal(cast(argmax(pass.logits), "f32"), cast(after, "f32"))) };
  };
  const train = compile(device, (before: Tensor, after: Tensor) => {
    const out = forward(before, after);
    optimiser.update(gradients(out.losses.total, parameters.tensors));
    return out;
  });
  const last = compile(device, forward), steps = block.losses_after_0_1_2_3_steps;
  for (const [step, reference] of steps.entries()) {
    const out = (step < steps.length - 1 ? train : last).run(grids(section.tokens0), grids(section.tokens1));
    const after = `${what} after ${step} steps`, { losses } = out;
    checks.relative(`${after} total`, await losses.total.item(), reference.total, LOSS);
    checks.relative(`${after} ce`, await losses.prediction.item(), reference.ce, LOSS);
    checks.relative(`${after} cond_entropy`, await losses.conditional.item(), reference.cond_entropy, LOSS);
    checks.relative(`${after} marg_entropy`, await losses.marginal.item(), reference.marg_entropy, LOSS);
    if (step > 0) continue;
    checks.allClose(`${what} action_logits`, await out.actionLogits.floats(), block.action_logits.flat(), OUTPUT);
    checks.allEqual(`${what} action_argmax`, await out.codes.data(), block.action_argmax);
    checkStats(`${what} token_logits`, await out.logits.floats(), block.token_logits, checks, OUTPUT);
    checks.close(`${what} token_accuracy`, await out.accuracy.item(), block.token_accuracy, 1e-6);
    await checkGradients(what, section, block.grads, optimiser, checks);
  }
  for (const part of [train, last, optimiser, parameters]) part.dispose();
}

async function checkDream(device: Device, section: GoldenPair, checks: GoldenChecks): Promise<void> {
  const { A, g } = section.config, tokens = g * g, { greedy, topk } = section.dream;
  const { parameters, dynamics } = goldenPair(device, section);
  const start = Int32Array.from(section.tokens0.slice(0, tokens));
  const follow = compile(device, (grid: Tensor, code: Tensor) => likeliest(dynamics.apply(grid, oneHot(code, A))));
  let grid = start;
  for (const [t, reference] of greedy.entries()) {
    const code = (2 * t + 1) % A;
    checks.equal(`pair dream.greedy code of step ${t}`, code, reference.code);
    grid = await follow.run({ data: grid, shape: [1, tokens] }, Int32Array.of(code)).data() as Int32Array<ArrayBuffer>;
    checks.allEqual(`pair dream.greedy tokens of step ${t}`, grid, reference.tokens);
  }
  const uniforms = Float32Array.from({ length: tokens }, (_, i) => (0.6180339887498949 * i + 0.31) % 1);
  const draw = compile(device, (grid: Tensor, code: Tensor, u: Tensor) => {
    const logits = dynamics.apply(grid, oneHot(code, A));
    return { picked: sampled(logits, u, topk), chances: softmax(slice(logits, 1, 0, 1)) };
  });
  const code = Int32Array.of(topk.code), u = { data: uniforms, shape: [1, tokens] };
  const out = draw.run({ data: start, shape: [1, tokens] }, code, u);
  checks.allEqual("pair dream.topk picked", await out.picked.data(), topk.picked);
  checks.allClose("pair dream.topk prob_row0", keepLargest(await out.chances.floats(), topk.k), topk.prob_row0, OUTPUT);
  for (const part of [follow, draw, parameters]) part.dispose();
}

/** Probabilities with all but the k largest set to 0, scaled to sum to 1. */
function keepLargest(chances: Float32Array, k: number): number[] {
  const least = [...chances].sort((a, b) => b - a)[k - 1];
  const kept = [...chances].map((p) => p >= least ? p : 0), total = kept.reduce((a, b) => a + b, 0);
  return kept.map((p) => p / total);
}
