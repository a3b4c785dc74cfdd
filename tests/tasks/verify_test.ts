import assert from "node:assert/strict";
import { join } from "node:path";
import { createRun, writeCard } from "../../lib/runs/mod.ts";
import { inFolder, newRun, sampleCard } from "../runs/helpers.ts";

const TASK = new URL("../../tasks/verify.ts", import.meta.url).href;

/** The command as a user runs it, in a folder of its own. */
async function verify(cwd: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", TASK, ...args],
    cwd,
    env: { TESSERA_DEBUG: "" },
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

async function runWithCard(folder: string, seed: number, shift = 0): Promise<string> {
  const run = await createRun({ ...newRun, seed, runs: join(folder, "runs") });
  await writeCard(run.folder, sampleCard(seed, shift));
  return run.folder;
}

Deno.test("verify reads all cards under runs/ and says that the claims hold, also over seeds", () =>
  inFolder(async (folder) => {
    for (const seed of [0, 1, 2]) await runWithCard(folder, seed, seed / 10);
    await createRun({ ...newRun, seed: 9, runs: join(folder, "runs") });
    const { code, out, err } = await verify(folder);
    assert.deepEqual([code, err], [0, ""], out + err);
    assert.equal(out.split("rules-and-chance 2048, tiny, corrected · seed").length - 1, 4);
    assert.match(out, /^runs\/rules-and-chance\/2048-tiny-corrected-seed0\/card\.json$/m);
    assert.match(out, /^2048\.chance-over-rule +\S.* ≥ 3 +5\.29 +holds +spec 1 §1$/m);
    assert.match(out, /^over seeds\n.* · seed 0, 1, 2 · /m);
    assert.match(out, /^2048\.chance-over-rule .* 5\.39 +± 0\.1 +3 of 3 +holds/m);
    assert.match(out, /\n6 of 6 claims hold\.\n$/);
  }));

Deno.test("a claim that fails and a card that was tampered with both give exit code 1", () =>
  inFolder(async (folder) => {
    const good = await runWithCard(folder, 0), bad = await runWithCard(folder, 1, -5);
    const failing = await verify(folder, bad);
    assert.equal(failing.code, 1);
    assert.match(failing.out, /^2048\.chance-over-rule .* 0\.29 +FAILS/m);
    assert.match(failing.out, /\n0 of 2 claims hold\.\n$/);
    assert.equal((await verify(folder, good)).code, 0);

    const card = join(good, "card.json");
    await Deno.writeTextFile(card, (await Deno.readTextFile(card)).replace('"target": 3', '"target": 2'));
    const tampered = await verify(folder, good);
    assert.equal(tampered.code, 1);
    assert.match(
      tampered.out,
      /card\.json\nNOT VERIFIED: .*digest: expected .*the card was changed after it was written/,
    );
    assert.match(tampered.out, /\n0 of 0 claims hold; 1 of 1 cards missing or damaged\.\n$/);
  }));

Deno.test("--json gives the same as data", () =>
  inFolder(async (folder) => {
    await runWithCard(folder, 0);
    await runWithCard(folder, 1, 0.5);
    const { code, out } = await verify(folder, "--json", "runs");
    const result = JSON.parse(out);
    assert.equal(code, 0);
    assert.deepEqual([result.ok, result.claims, result.failing, result.damaged], [true, 4, 0, 0]);
    assert.deepEqual(result.cards[0].card, sampleCard(0));
    assert.deepEqual(result.merged[0].claims[0].measured.values, [5.29, 5.79]);
  }));

Deno.test("nothing to verify is never a success", () =>
  inFolder(async (folder) => {
    const nothing = await verify(folder);
    assert.deepEqual([nothing.code, nothing.out], [2, ""]);
    assert.match(
      nothing.err,
      /^verify: there is no folder runs\/ here\. Make a run first \(deno task demo\), or name one\n/,
    );
    const run = await createRun({ ...newRun, runs: join(folder, "runs") });
    const unfinished = await verify(folder);
    assert.deepEqual([unfinished.code, unfinished.out], [1, "No card found: no run here is finished yet.\n"]);
    const named = await verify(folder, run.folder);
    assert.equal(named.code, 1);
    assert.match(
      named.out,
      /NOT VERIFIED: .*card\.json: expected a reproduction card but found no such file\. .*written at its end/,
    );
    const missing = await verify(folder, "runs/none");
    assert.equal(missing.code, 2);
    assert.match(
      missing.err,
      /^verify: runs\/none does not exist\. Give a run folder, a card\.json, or a folder of runs\nSee: deno task verify --help\n$/,
    );
    await Deno.mkdir(join(folder, "empty"));
    assert.equal((await verify(folder, "empty")).code, 2);
    assert.equal((await verify(folder, "--flag")).code, 2);
    assert.match((await verify(folder, "--help")).out, /Example.*\n {2}deno task verify\n/);
  }));
