import type { Device } from "../../../device/mod.ts";
import { WindowCnn } from "../../../models/mini_genie/mod.ts";
import { Parameters } from "../../../nn/mod.ts";
import { Stream } from "../../../random.ts";
import { compile, crossEntropy, gradients, mean, type Tensor } from "../../../tensor/mod.ts";
import { AdamW } from "../../../train/mod.ts";
import type { GoldenChecks } from "../../golden_checks.ts";
import type { Golden } from "./format.ts";
import { checkGradients, checkStats, LOSS, OUTPUT, writeGolden } from "./parameters.ts";

/** The dynamics of the newest revision: convolutions with batch normalisation in training, and AdamW. */
export async function checkWindowCnn(device: Device, golden: Golden, checks: GoldenChecks): Promise<void> {
  const section = golden.cnn_later_revision, { V, E, W, c1, c2, g, A, B, tm, ts } = section.config;
  const parameters = new Parameters();
  const settings = { codes: V, actions: A, grid: g, window: W, width: E, channels: [c1, c2] as const };
  const net = new WindowCnn(parameters, "", settings, Stream.named(0, "golden"));
  parameters.place(device);
  net.place(device);
  writeGolden(section, parameters);
  checks.equal("cnn n_params", parameters.count, section.n_params);

  const tokens = Int32Array.from({ length: B * W * g * g }, (_, i) => (tm * i + Math.floor(i / 5) + ts) % V);
  checks.allEqual("cnn window_tokens", tokens, section.window_tokens);
  const inputs = { data: tokens, shape: [B, W, g * g] }, target = Int32Array.from(section.target);
  const chances = { data: Float32Array.from(section.action_probs.flat()), shape: [B, A] };
  const forward = (tokens: Tensor, chances: Tensor, target: Tensor) => {
    const logits = net.apply(tokens, chances, true);
    return { logits, loss: mean(crossEntropy(logits, target)) };
  };
  const optimiser = new AdamW(device, parameters, { learningRate: 1e-3, weightDecay: 0.01 });
  const train = compile(device, (tokens: Tensor, chances: Tensor, target: Tensor) => {
    const out = forward(tokens, chances, target);
    optimiser.update(gradients(out.loss, parameters.tensors));
    return out;
  });
  for (const [step, reference] of section.ce_after_0_1_2_3_adamw_steps.entries()) {
    const out = train.run(inputs, chances, { data: target, shape: [B, g * g] });
    checks.relative(`cnn ce after ${step} steps`, await out.loss.item(), reference, LOSS);
    if (step > 0) continue;
    checkStats("cnn logits", await out.logits.floats(), section.logits, checks, OUTPUT);
    const [[, average], [, variance]] = net.state;
    checks.allClose("cnn running_mean_n1", await average.floats(), section.running_mean_n1, OUTPUT);
    checks.allClose("cnn running_var_n1", await variance.floats(), section.running_var_n1, OUTPUT);
    await checkGradients("cnn", section, section.grads, optimiser, checks);
  }
  for (const part of [train, optimiser, net, parameters]) part.dispose();
}
