import { perplexity } from "../../../analysis/mod.ts";
import type { Device } from "../../../device/mod.ts";
import { VqVae, vqVaeLoss, type VqVaeLosses } from "../../../models/mini_genie/mod.ts";
import { Parameters } from "../../../nn/mod.ts";
import { Stream } from "../../../random.ts";
import { compile, gradients, reshape, type Tensor } from "../../../tensor/mod.ts";
import { AdamW } from "../../../train/mod.ts";
import type { GoldenChecks } from "../../golden_checks.ts";
import { permuted } from "../../golden_layout.ts";
import type { Golden, GoldenAverages, GoldenVqVae, VqLosses } from "./format.ts";
import { checkGradients, checkPictures, checkStats, formula, LOSS, OUTPUT, writeGolden } from "./parameters.ts";

const LEARNING_RATE = 1e-3;
/** Everything that is compared of f32 pictures from the formula. */
const INPUT = 1e-6;

/** The golden VQ-VAE with its parameters on a device. */
function goldenVqVae(device: Device, section: GoldenVqVae, decay = 0.99) {
  const { h, r, D, K } = section.config, parameters = new Parameters();
  const settings = { hidden: h, residual: r, codeWidth: D, codes: K, decay, patches: false };
  const vqVae = new VqVae(parameters, "vq", settings, Stream.named(0, "golden"));
  parameters.place(device);
  vqVae.quantizer.place(device);
  writeGolden(section, parameters);
  const dispose = () => [parameters, vqVae.quantizer].forEach((part) => part.dispose());
  return { parameters, vqVae, dispose };
}

/** Pictures [B, S, S, 3] from the formula over B×3×S×S. */
function goldenPictures({ config: { B, S, xb, xp } }: GoldenVqVae): { data: Float32Array; shape: number[] } {
  const nchw = Float32Array.from({ length: B * 3 * S * S }, (_, i) => 0.5 + 0.5 * Math.sin(xb * i + xp));
  return { data: permuted(nchw, [B, 3, S, S], [0, 2, 3, 1]), shape: [B, S, S, 3] };
}

/** The original's VQ-VAE: forward pass, gradients of all tensors, and training steps with Adam. */
export async function checkVqVae(device: Device, golden: Golden, checks: GoldenChecks): Promise<void> {
  await checkSection("vqvae", device, golden.vqvae, checks);
}

/** The same at the seed's size, with forced codes: one forward and backward pass. */
export async function checkFullSize(device: Device, golden: Golden, checks: GoldenChecks): Promise<void> {
  await checkSection("vqvae_full_size", device, golden.vqvae_full_size, checks);
}

async function checkSection(what: string, device: Device, section: GoldenVqVae, checks: GoldenChecks): Promise<void> {
  const { vqVae, parameters, dispose } = goldenVqVae(device, section), pictures = goldenPictures(section);
  checks.equal(`${what} n_params`, parameters.count, section.n_params);
  checkPictures(`${what} input`, pictures.data, section.input, checks, INPUT);
  const { B, S, K } = section.config, side = S / 4, forces = section.indices === undefined;
  const forced = {
    data: Int32Array.from({ length: B * side * side }, (_, p) => (37 * p + 11) % K),
    shape: [B, side, side],
  };
  const optimiser = new AdamW(device, parameters, { learningRate: LEARNING_RATE, weightDecay: 0 });
  const forward = (x: Tensor, codes: Tensor) => {
    const settings = { reconstruction: "absolute", codebook: "gradient" } as const;
    const { losses, quantised, latents, decoded } = vqVaeLoss(vqVae, x, settings, forces ? codes : undefined);
    return { losses, latents, decoded, indices: quantised.indices, counts: quantised.counts };
  };
  const train = compile(device, (x: Tensor, codes: Tensor) => {
    const out = forward(x, codes);
    optimiser.update(gradients(out.losses.total, parameters.tensors));
    return out;
  });
  const last = compile(device, forward), count = section.losses_after_0_1_2_3_steps.length;
  for (const [step, reference] of section.losses_after_0_1_2_3_steps.entries()) {
    const out = (step < Math.max(count - 1, 1) ? train : last).run(pictures, forced);
    await checkLosses(`${what} after ${step} steps`, out.losses, reference, checks);
    const indices = step === 0 ? section.indices : section.indices_after_step?.[step - 1];
    if (indices) checks.allEqual(`${what} indices after ${step} steps`, await out.indices.data(), indices);
    if (step > 0) continue;
    checkPictures(`${what} latent`, await out.latents.floats(), section.latent, checks, OUTPUT);
    checkPictures(`${what} recon`, await out.decoded.floats(), section.recon, checks, OUTPUT);
    if (section.perplexity !== undefined) {
      const counts = await out.counts.floats();
      checks.equal(`${what} codes_used`, counts.filter((n) => n > 0).length, section.codes_used!);
      checks.relative(`${what} perplexity`, perplexity(counts) ?? NaN, section.perplexity, LOSS);
    }
    await checkGradients(what, section, section.grads, optimiser, checks);
  }
  for (const part of [train, last, optimiser]) part.dispose();
  dispose();
}

async function checkLosses(what: string, ours: VqVaeLosses, reference: VqLosses, checks: GoldenChecks): Promise<void> {
  checks.relative(`${what} total`, await ours.total.item(), reference.total, LOSS);
  checks.relative(`${what} rec`, await ours.reconstruction.item(), reference.rec, LOSS);
  checks.relative(`${what} commit`, await ours.commitment.item(), reference.commit, LOSS);
  if (ours.codebook) checks.relative(`${what} codebook`, await ours.codebook.item(), reference.codebook, LOSS);
}

/** The codebook of the later revision: moving averages, the start from 0 that ruins it, and the reset of dead codes. */
export async function checkAverages(device: Device, golden: Golden, checks: GoldenChecks): Promise<void> {
  await checkAverageSteps(device, golden, checks);
  await checkZeroStart(device, golden, checks);
}

async function checkAverageSteps(device: Device, golden: Golden, checks: GoldenChecks): Promise<void> {
  const section = golden.vqvae, { steps, reset } = golden.vq_ema, pictures = goldenPictures(section);
  const { vqVae, parameters, dispose } = goldenVqVae(device, section), { quantizer } = vqVae;
  quantizer.state.count.write(new Float32Array(quantizer.codes).fill(1));
  quantizer.state.sum.write(await quantizer.codebook.data());
  const others = parameters.tensors.slice(1); // the codebook stands first, and is not the optimiser's
  const optimiser = new AdamW(device, parameters, { learningRate: LEARNING_RATE, weightDecay: 0 }, others);
  const forward = (x: Tensor) => {
    const { losses, quantised } = vqVaeLoss(vqVae, x, { reconstruction: "absolute", codebook: "averages" });
    return { losses, counts: quantised.counts };
  };
  const train = compile(device, (x: Tensor) => {
    const out = forward(x);
    optimiser.update(gradients(out.losses.total, others));
    return out;
  });
  for (const [step, reference] of steps.entries()) {
    const trains = reference.cluster_size !== undefined, what = `vq_ema after ${step} steps`;
    if (!trains) await checkReset(device, vqVae, pictures, reset, checks);
    const out = trains ? train.run(pictures) : null;
    if (!out) continue;
    await checkLosses(what, out.losses, reference.losses, checks);
    const counts = await out.counts.floats();
    checks.relative(`${what} perplexity`, perplexity(counts) ?? NaN, reference.perplexity, LOSS);
    checks.allEqual(`${what} count`, counts, reference.count!);
    checks.allClose(`${what} cluster_size`, await quantizer.state.count.floats(), reference.cluster_size!, OUTPUT);
    checkStats(`${what} codebook`, await quantizer.codebook.floats(), reference.codebook!, checks, OUTPUT);
  }
  for (const part of [train, optimiser]) part.dispose();
  dispose();
}

async function checkReset(
  device: Device,
  vqVae: VqVae,
  pictures: { data: Float32Array; shape: number[] },
  reference: GoldenAverages["reset"],
  checks: GoldenChecks,
): Promise<void> {
  const { quantizer } = vqVae, usage = await quantizer.state.usage.floats(), { threshold } = reference;
  checks.allEqual("vq_ema reset usage", usage, reference.usage);
  checks.allEqual("vq_ema reset dead", [...usage.keys()].filter((k) => usage[k] < threshold), reference.dead);
  const program = compile(device, (x: Tensor, pick: Tensor, noise: Tensor) => {
    const latents = vqVae.encode(x);
    return quantizer.resetDead(latents, { pick, noise, least: threshold, clear: "always" });
  });
  const [batch, side] = pictures.shape, rows = batch * (side / 4) ** 2, dead = reference.dead.length;
  const pick = Int32Array.from({ length: dead }, (_, j) => (7 * j + 3) % rows);
  const noise = { data: new Float32Array(dead * quantizer.depth), shape: [dead, quantizer.depth] };
  checks.equal("vq_ema reset number", await program.run(pictures, pick, noise).item(), dead);
  checkStats("vq_ema reset codebook", await quantizer.codebook.floats(), reference.codebook, checks, OUTPUT);
  program.dispose();
}

async function checkZeroStart(device: Device, golden: Golden, checks: GoldenChecks): Promise<void> {
  const section = golden.vqvae, reference = golden.vq_ema.zero_start_one_update;
  const { vqVae, dispose } = goldenVqVae(device, section), { quantizer } = vqVae;
  quantizer.state.sum.write(
    formula(quantizer.codes * quantizer.depth, section.config, reference.sums_phase_index),
  );
  const update = compile(device, (x: Tensor) => {
    const latents = reshape(vqVae.encode(x), [-1, quantizer.depth]);
    quantizer.updateAverages(latents, quantizer.quantise(latents));
  });
  update.run(goldenPictures(section));
  const counts = await quantizer.state.count.floats(), codebook = await quantizer.codebook.floats();
  reference.cluster_size.forEach((n, k) =>
    checks.relative(`vq_ema zero_start cluster_size[${k}]`, counts[k], n, OUTPUT, 1e-9)
  );
  const norm = Math.sqrt(codebook.reduce((sum, x) => sum + x * x, 0));
  checks.relative("vq_ema zero_start codebook_l2", norm, reference.codebook_l2, OUTPUT);
  const largest = codebook.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  checks.relative("vq_ema zero_start codebook_max_abs", largest, reference.codebook_max_abs, OUTPUT);
  update.dispose();
  dispose();
}
