/** Experiment 3 against float64 PyTorch values (spec 3 §12), on every device. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { checkGolden } from "../../../lib/experiments/mini_genie/golden/mod.ts";
import { testOnDevices } from "../../support/devices.ts";

const path = join(import.meta.dirname!, "../../golden/3-mini-genie.json");

testOnDevices("golden: every quantity of experiment 3 is within its tolerance", async (_, device) => {
  const checks = await checkGolden(device, await Deno.readTextFile(path), path);
  const off = checks.filter(({ holds }) => !holds);
  assert.deepEqual(off, [], `${off.length} of ${checks.length} quantities are off`);
  assert.ok(checks.length > 500, `only ${checks.length} quantities were compared`);
});

testOnDevices("golden: values that were changed are found", async (_, device) => {
  if (device.software) return; // takes as long as the check itself, and differs in nothing
  const golden = JSON.parse(await Deno.readTextFile(path));
  golden.vqvae.grads["enc.r1.a"].l2 *= 1.01;
  golden.vq_ema.steps[1].cluster_size[3] += 0.01;
  golden.pair.soft.losses_after_0_1_2_3_steps[2].ce *= 1.0001;
  golden.pair.dream.greedy[1].tokens[5]++;
  golden.cnn_later_revision.running_var_n1[0] += 0.01;
  const off = (await checkGolden(device, JSON.stringify(golden), "changed")).filter(({ holds }) => !holds);
  assert.deepEqual(off.map(({ quantity }) => quantity.replace(/\[.*/, "")), [
    "vqvae gradient enc.r1.a l2",
    "vq_ema after 1 steps cluster_size",
    "pair soft after 2 steps ce",
    "pair dream.greedy tokens of step 1",
    "cnn running_var_n1",
  ]);
});

testOnDevices("golden: files of another kind are refused by name", async (_, device) => {
  await assert.rejects(() => checkGolden(device, "not JSON", "a.json"), /a\.json: expected JSON/);
  await assert.rejects(() => checkGolden(device, '{"meta":{}}', "b.json"), /b\.json: expected a key "/);
});
