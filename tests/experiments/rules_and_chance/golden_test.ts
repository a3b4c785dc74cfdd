/** Experiment 1 against float64 PyTorch values (spec 1 §12), on every device. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { checkGolden } from "../../../lib/experiments/rules_and_chance/golden/mod.ts";
import { testOnDevices } from "../../support/devices.ts";

const path = join(import.meta.dirname!, "../../golden/1-rules-and-chance.json");

testOnDevices("golden: every quantity of experiment 1 is within its tolerance", async (_, device) => {
  const checks = await checkGolden(device, await Deno.readTextFile(path), path);
  const off = checks.filter(({ holds }) => !holds);
  assert.deepEqual(off, [], `${off.length} of ${checks.length} quantities are off`);
  assert.ok(checks.length > 1000, `only ${checks.length} quantities were compared`);
});

testOnDevices("golden: a value that was changed is found", async (_, device) => {
  const golden = JSON.parse(await Deno.readTextFile(path));
  golden.quantizer_unit.codebook[3] += 1e-3;
  golden.games.slides[0].after[0][0][0] = 2;
  golden.rules.n_rules++;
  const off = (await checkGolden(device, JSON.stringify(golden), "changed")).filter(({ holds }) => !holds);
  const names = off.map(({ quantity }) => quantity.replace(/\[.*/, ""));
  assert.deepEqual(names, ["slide 0, action 0", "n_rules", "quantizer_unit codebook"]);
});

testOnDevices("golden: files of another kind are refused by name", async (_, device) => {
  await assert.rejects(() => checkGolden(device, "not JSON", "a.json"), /a\.json: expected JSON/);
  await assert.rejects(() => checkGolden(device, '{"config":{}}', "b.json"), /b\.json: expected a key "params"/);
  await assert.rejects(() => checkGolden(device, "[]", "c.json"), /c\.json: expected a key "config"/);
});
