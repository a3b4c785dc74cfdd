import type { Device } from "../../../device/mod.ts";
import {
  jointLoss,
  type JointLosses,
  type ModelSettings,
  type ReconstructedFrames,
  VqWorldModel,
} from "../../../models/vq_world_model/mod.ts";
import { argmax, compile, entropyBits, gradients, reshape, slice, type Tensor } from "../../../tensor/mod.ts";
import { perplexity } from "../../../analysis/mod.ts";
import { AdamW } from "../../../train/mod.ts";
import { type GoldenChecks, l2 } from "../../golden_checks.ts";
import type { EvalStep, Golden, Losses } from "./format.ts";
import { find, toTorch, writeGolden } from "./parameters.ts";

/** Tolerances of spec 1 §12 for float32. */
const LOSS = 1e-5, OUTPUT = 1e-4, NORM = 1e-3, UPDATED = 5e-4;

interface Inputs {
  /** [B, T+1, S, S, 1] */
  readonly frames: { readonly data: Float32Array; readonly shape: readonly number[] };
  /** i32 [B, T] */
  readonly actions: { readonly data: Int32Array; readonly shape: readonly number[] };
}

/** Holds model, gradients, updates and evaluation against the golden file on one device. */
export async function checkModel(device: Device, golden: Golden, checks: GoldenChecks): Promise<void> {
  const inputs = goldenInputs(golden);
  checks.summary("obs", inputs.frames.data, golden.obs, 1e-6);
  checks.allEqual("actions", inputs.actions.data, golden.actions.flat());
  await checkForward(device, golden, inputs, checks);
  await checkReconstructionVariants(device, golden, inputs, checks);
  await checkTraining(device, golden, inputs, checks);
}

function goldenInputs({ config: { B, T, img, ib, ic, img_amp, nact } }: Golden): Inputs {
  const frames = Float32Array.from(
    { length: B * (T + 1) * img * img },
    (_, i) => 0.5 + img_amp * Math.sin(ib * i + ic * Math.floor(i / img) + 2 * Math.floor(i / (img * img))),
  );
  const actions = Int32Array.from({ length: B * T }, (_, i) => (3 * Math.floor(i / T) + 2 * (i % T) + 1) % nact);
  return { frames: { data: frames, shape: [B, T + 1, img, img, 1] }, actions: { data: actions, shape: [B, T] } };
}

function goldenModel(device: Device, golden: Golden, positions = 0): VqWorldModel {
  const { config } = golden;
  const settings: ModelSettings = {
    imageSide: config.img,
    channels: config.chans,
    codes: config.K,
    codeWidth: config.D,
    hidden: config.hid,
    blocks: config.layers,
    heads: config.heads,
    actions: config.nact,
    dropout: 0,
    decay: config.decay,
    positions,
  };
  const model = new VqWorldModel(settings, 0).place(device);
  writeGolden(golden, model.parameters);
  const embedding = golden.params.find(({ name }) => name === "quantizer.embedding.weight")!;
  const { state } = model.quantizer;
  const counts = Float32Array.from({ length: config.K }, (_, k) => 1 + 0.5 * Math.sin(config.wb * k + 0.3));
  state.count.write(counts);
  const sums = new Float32Array(config.K * config.D);
  for (let i = 0; i < sums.length; i++) {
    const value = embedding.a * Math.sin(embedding.b * i + config.wc * embedding.k) + embedding.plus;
    sums[i] = counts[Math.floor(i / config.D)] * value;
  }
  state.sum.write(sums);
  return model;
}

async function checkForward(device: Device, golden: Golden, inputs: Inputs, checks: GoldenChecks): Promise<void> {
  const { config, forward } = golden, model = goldenModel(device, golden);
  checks.equal("number of parameters", model.parameters.count, golden.n_params);
  const program = compile(device, (frames: Tensor, actions: Tensor) => {
    const { losses, quantised, tokens, perStep, transition, decoded } = jointLoss(model, frames, actions, {
      reconstruct: "all",
    });
    const { afterstate, logits } = transition, entropy = entropyBits(logits);
    return {
      losses,
      perStep,
      tokens,
      decoded,
      afterstate,
      logits,
      entropy,
      indices: quantised.indices,
      counts: quantised.counts,
      quantised: quantised.output,
    };
  });
  const out = program.run(inputs.frames, inputs.actions);
  await checkLosses("forward", out.losses, out.counts, forward, checks);
  checks.allClose("forward transition_per_step", await out.perStep.floats(), forward.transition_per_step, LOSS);
  checks.allEqual("forward indices", await out.indices.data(), forward.indices);
  checks.allEqual("forward counts", await out.counts.data(), forward.counts);
  checks.summary("forward z", await out.tokens.floats(), forward.z, OUTPUT);
  checks.summary("forward zq", await out.quantised.floats(), forward.zq, OUTPUT);
  checks.summary("forward recon", await out.decoded.floats(), forward.recon, OUTPUT);
  const afterstate = await out.afterstate.floats(),
    logits = await out.logits.floats(),
    entropy = await out.entropy.floats();
  for (let t = 0; t < config.T; t++) {
    checks.summary(`forward afterstate_t[${t}]`, stepOf(afterstate, t, config), forward.afterstate_t[t], OUTPUT);
    checks.summary(`forward logits_t[${t}]`, stepOf(logits, t, config), forward.logits_t[t], OUTPUT);
    const reference = forward.entropy_per_position_t[t].flat();
    checks.allClose(`forward entropy_per_position_t[${t}]`, stepOf(entropy, t, config), reference, OUTPUT);
  }
  checks.summary(
    "forward codebook_after_ema",
    await model.quantizer.codebook.floats(),
    forward.codebook_after_ema,
    OUTPUT,
  );
  checks.allClose(
    "forward ema_cluster_size",
    await model.quantizer.state.count.floats(),
    forward.ema_cluster_size,
    OUTPUT,
  );
  checks.summary("forward ema_w", await model.quantizer.state.sum.floats(), forward.ema_w, OUTPUT);
  program.dispose();
  model.dispose();
}

async function checkLosses(
  what: string,
  losses: JointLosses,
  counts: Tensor,
  reference: Losses,
  checks: GoldenChecks,
): Promise<void> {
  checks.close(`${what} total`, await losses.total.item(), reference.total, LOSS);
  checks.close(`${what} recon_all`, await losses.reconstruction.item(), reference.recon_all, LOSS);
  checks.close(`${what} commit`, await losses.commitment.item(), reference.commit, LOSS);
  checks.close(`${what} codebook`, await losses.codebook.item(), reference.codebook, LOSS);
  checks.close(`${what} vq`, await losses.vq.item(), reference.vq, LOSS);
  checks.close(`${what} transition`, await losses.transition.item(), reference.transition, LOSS);
  checks.close(`${what} entropy_bits`, await losses.entropy.item(), reference.entropy_bits, OUTPUT);
  checks.close(`${what} perplexity`, perplexity(await counts.floats()) ?? NaN, reference.perplexity, OUTPUT);
}

/** Rows of step t from values ordered [B, T, …]. */
function stepOf(values: Float32Array, t: number, { B, T }: Golden["config"]): Float32Array {
  const size = values.length / (B * T), out = new Float32Array(B * size);
  for (let b = 0; b < B; b++) out.set(values.subarray((b * T + t) * size, (b * T + t + 1) * size), b * size);
  return out;
}

async function checkReconstructionVariants(
  device: Device,
  golden: Golden,
  inputs: Inputs,
  checks: GoldenChecks,
): Promise<void> {
  for (const reconstruct of ["t0", "rows"] as ReconstructedFrames[]) {
    const model = goldenModel(device, golden);
    const program = compile(
      device,
      (frames: Tensor, actions: Tensor) => jointLoss(model, frames, actions, { reconstruct }).losses.reconstruction,
    );
    const loss = await program.run(inputs.frames, inputs.actions).item();
    checks.close(
      `forward recon_${reconstruct}`,
      loss,
      reconstruct === "t0" ? golden.forward.recon_t0 : golden.forward.recon_rows,
      LOSS,
    );
    program.dispose();
    model.dispose();
  }
}

async function checkTraining(device: Device, golden: Golden, inputs: Inputs, checks: GoldenChecks): Promise<void> {
  const model = goldenModel(device, golden), { parameters, quantizer } = model;
  const optimiser = new AdamW(device, parameters, { learningRate: golden.config.lr, clipNorm: 1 });
  const forward = (frames: Tensor, actions: Tensor) => {
    const { losses, quantised } = jointLoss(model, frames, actions, { reconstruct: "all" });
    return { losses, counts: quantised.counts };
  };
  const train = compile(device, (frames: Tensor, actions: Tensor) => {
    const out = forward(frames, actions);
    return { ...out, ...optimiser.update(gradients(out.losses.total, parameters.tensors)) };
  });
  const last = compile(device, forward);
  for (const [i, reference] of golden.steps.entries()) {
    const trains = reference.grad_norm !== undefined, name = `step ${i + 1}`;
    const out = (trains ? train : last).run(inputs.frames, inputs.actions);
    await checkLosses(name, out.losses, out.counts, reference, checks);
    if (!trains) continue;
    const norm = await (out as ReturnType<typeof train.run>).gradientNorm.item();
    checks.relative(`${name} grad_norm`, norm, reference.grad_norm!, NORM);
    checks.relative(`${name} clip_coef`, Math.min(1, 1 / (norm + 1e-6)), reference.clip_coef!, NORM);
    if (i === 0) await checkGradients(golden, optimiser, checks);
    if (i === 0) await checkParameters(golden, golden.params_after_step_1, model, "after step 1", checks);
    if (i === 2) await checkParameters(golden, golden.params_after_step_3, model, "after step 3", checks);
  }
  const after = golden.ema_after;
  checks.allClose("ema_after cluster_size", await quantizer.state.count.floats(), after.cluster_size, UPDATED);
  checks.summary("ema_after w", await quantizer.state.sum.floats(), after.w, UPDATED);
  checks.summary("ema_after codebook", await quantizer.codebook.floats(), after.codebook, UPDATED);
  await checkEvaluation(device, golden, inputs, model, checks);
  for (const part of [train, last, optimiser, model]) part.dispose();
}

async function checkGradients(golden: Golden, optimiser: AdamW, checks: GoldenChecks): Promise<void> {
  const ours = new Map(optimiser.gradients);
  for (const { name, l2: norm, idx, val } of golden.grads) {
    const { shape } = golden.params.find((entry) => entry.name === name)!;
    const key = [...ours.keys()].find((own) => own.startsWith(name) || own === name.replace(/_(weight|bias)$/, ".$1"))!;
    const values = toTorch(name, shape, await ours.get(key)!.floats());
    checks.relative(`gradient ${name} l2`, l2(values), norm, NORM);
    // Elements are held to the tensor's typical size, since single ones may be sums that cancel.
    const typical = norm / Math.sqrt(values.length);
    idx.forEach((i, j) => checks.relative(`gradient ${name}[${i}]`, values[i], val[j], NORM, Math.max(typical, 1e-7)));
  }
}

async function checkParameters(
  golden: Golden,
  reference: Golden["params_after_step_1"],
  model: VqWorldModel,
  when: string,
  checks: GoldenChecks,
): Promise<void> {
  for (const { name, l2: norm, val } of reference) {
    const { shape } = golden.params.find((entry) => entry.name === name)!;
    const values = toTorch(name, shape, await find(model.parameters, name).floats());
    checks.relative(`${name} ${when} l2`, l2(values), norm, UPDATED);
    checks.allClose(`${name} ${when} first and last`, [values[0], values[values.length - 1]], val, UPDATED);
  }
}

async function checkEvaluation(
  device: Device,
  golden: Golden,
  inputs: Inputs,
  model: VqWorldModel,
  checks: GoldenChecks,
): Promise<void> {
  const { config } = golden;
  const encode = compile(device, (frames: Tensor) => {
    const [batch, length, ...picture] = frames.shape;
    return model.quantizer.indices(model.encoder.apply(reshape(frames, [batch * length, ...picture])));
  });
  const indices = await encode.run(inputs.frames).data() as Int32Array;
  checks.allEqual("eval_step indices", indices, golden.eval_step.indices);
  const tokens = indices.length / (config.B * (config.T + 1));
  const now = Int32Array.from(
    { length: config.B * tokens },
    (_, i) => indices[Math.floor(i / tokens) * (config.T + 1) * tokens + i % tokens],
  );
  const codes = { data: now, shape: [config.B, tokens] };
  const step = (which: VqWorldModel) =>
    compile(device, (codes: Tensor, actions: Tensor) => {
      const vectors = which.quantizer.lookup(codes);
      const first = reshape(slice(actions, 1, 0, 1), [config.B]);
      const { afterstate, logits } = which.transition.apply(vectors, first);
      return {
        afterstate,
        logits,
        argmax: argmax(logits),
        entropy: entropyBits(logits),
        decoded: which.decoder.apply(vectors),
      };
    });
  const plain = step(model), out = plain.run(codes, inputs.actions);
  await checkEvalStep("eval_step", out, golden.eval_step, checks);
  checks.summary("eval_step decoded", await out.decoded.floats(), golden.eval_step.decoded, OUTPUT);

  const placed = goldenModel(device, golden, 1);
  for (const [name, tensor] of model.parameters.entries) placed.parameters.get(name).write(await tensor.data());
  const table = placed.parameters.get("positions");
  table.write(Float32Array.from({ length: table.size }, (_, i) => 0.3 * Math.sin(0.37 * i + 0.5)));
  const positioned = step(placed);
  await checkEvalStep("eval_step_pos", positioned.run(codes, inputs.actions), golden.eval_step_pos, checks);
  for (const part of [encode, plain, positioned, placed]) part.dispose();
}

async function checkEvalStep(
  what: string,
  ours: { afterstate: Tensor; logits: Tensor; argmax: Tensor; entropy: Tensor },
  reference: EvalStep,
  checks: GoldenChecks,
): Promise<void> {
  // These follow three AdamW steps, so they inherit the tolerance of the updated parameters.
  checks.summary(`${what} afterstate`, await ours.afterstate.floats(), reference.afterstate, UPDATED);
  checks.summary(`${what} logits`, await ours.logits.floats(), reference.logits, UPDATED);
  checks.allEqual(`${what} argmax`, await ours.argmax.data(), reference.argmax);
  checks.allClose(`${what} entropy`, await ours.entropy.floats(), reference.entropy, UPDATED);
}
