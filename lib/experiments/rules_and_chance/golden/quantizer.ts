import type { Device } from "../../../device/mod.ts";
import { constant, Parameters, VectorQuantizer } from "../../../nn/mod.ts";
import { compile, type Tensor } from "../../../tensor/mod.ts";
import type { GoldenChecks } from "../../golden_checks.ts";
import type { Golden } from "./format.ts";

const TOLERANCE = 1e-5;

/** A cold start of the quantiser and one reset of dead codes, with given tokens and noise (spec 1 §12, quantizer_unit). */
export async function checkQuantizer(device: Device, golden: Golden, checks: GoldenChecks): Promise<void> {
  const { K, D, decay } = golden.config, unit = golden.quantizer_unit;
  const parameters = new Parameters();
  const quantizer = new VectorQuantizer(parameters, "quantizer", K, D, decay, constant(0));
  parameters.place(device);
  quantizer.place(device);
  quantizer.codebook.write(Float32Array.from({ length: K * D }, (_, i) => 0.7 * Math.sin(0.53 * i + 0.2)));
  const z = {
    data: Float32Array.from({ length: unit.M * D }, (_, i) => 0.8 * Math.sin(0.377 * i + 0.9)),
    shape: [unit.M, D],
  };

  const update = compile(device, (tokens: Tensor) => {
    const quantised = quantizer.quantise(tokens);
    quantizer.updateAverages(tokens, quantised);
    return { indices: quantised.indices, counts: quantised.counts };
  });
  const first = update.run(z);
  checks.allEqual("quantizer_unit indices", await first.indices.data(), unit.indices);
  checks.allEqual("quantizer_unit counts", await first.counts.data(), unit.counts);
  checks.allClose(
    "quantizer_unit ema_cluster_size",
    await quantizer.state.count.floats(),
    unit.ema_cluster_size,
    TOLERANCE,
  );
  checks.allClose("quantizer_unit codebook", await quantizer.codebook.floats(), unit.codebook, TOLERANCE);
  const usage = await quantizer.state.usage.floats();
  checks.allEqual("quantizer_unit dead", [...usage.keys()].filter((k) => usage[k] < 2), unit.dead);

  const reset = compile(
    device,
    (tokens: Tensor, pick: Tensor, noise: Tensor) =>
      quantizer.resetDead(tokens, { pick, noise, least: 2, clear: "ifReset" }),
  );
  const noise = Float32Array.from({ length: unit.n_reset * D }, (_, i) => 0.01 * Math.sin(1.37 * i + 0.1));
  const pick = Int32Array.from(unit.perm.slice(0, unit.n_reset));
  const count = await reset.run(z, pick, { data: noise, shape: [unit.n_reset, D] }).item();
  checks.equal("quantizer_unit n_reset", count, unit.n_reset);
  checks.allClose(
    "quantizer_unit codebook_after_reset",
    await quantizer.codebook.floats(),
    unit.codebook_after_reset,
    TOLERANCE,
  );
  checks.allClose(
    "quantizer_unit ema_cluster_size_after_reset",
    await quantizer.state.count.floats(),
    unit.ema_cluster_size_after_reset,
    TOLERANCE,
  );
  checks.summary(
    "quantizer_unit ema_w_after_reset",
    await quantizer.state.sum.floats(),
    unit.ema_w_after_reset,
    TOLERANCE,
  );
  checks.allEqual("quantizer_unit usage after reset", await quantizer.state.usage.data(), new Float32Array(K));
  for (const part of [update, reset, parameters, quantizer]) part.dispose();
}
