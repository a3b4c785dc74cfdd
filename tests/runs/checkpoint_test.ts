import assert from "node:assert/strict";
import { join } from "node:path";
import { FormatError } from "../../lib/data/format_error.ts";
import { loadCheckpoint, loadCheckpointAt, saveCheckpoint } from "../../lib/runs/checkpoint.ts";
import { inFolder, sampleState, snapshot } from "./helpers.ts";

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();
}

/** Saves steps in order; every save but the last is whole and old. */
async function saved(folder: string, ...steps: number[]): Promise<void> {
  for (const step of steps) await saveCheckpoint(folder, step, sampleState(step));
}

Deno.test("what is saved is loaded, bit for bit; an empty folder has no checkpoint", () =>
  inFolder(async (folder) => {
    const place = join(folder, "checkpoints");
    assert.deepEqual(await loadCheckpoint(place), { checkpoint: null, skipped: [] });
    const path = await saveCheckpoint(place, 1234, sampleState(1234));
    assert.equal(path, join(place, "step-00001234"));
    assert.deepEqual(await names(path), ["done", "state.json", "state.safetensors"]);
    const { checkpoint, skipped } = await loadCheckpoint(place);
    assert.deepEqual(skipped, []);
    assert.deepEqual(checkpoint, { step: 1234, path, ...sampleState(1234) });
  }));

Deno.test("the last two stay, and pinned ones for good", () =>
  inFolder(async (folder) => {
    for (const step of [10, 20, 30, 40, 50]) {
      await saveCheckpoint(folder, step, sampleState(step), { pin: step === 20 });
    }
    assert.deepEqual(await names(folder), ["step-00000020", "step-00000040", "step-00000050"]);
    await saveCheckpoint(folder, 60, sampleState(60), { keep: 1 });
    assert.deepEqual(await names(folder), ["step-00000020", "step-00000060"]);
    assert.deepEqual((await loadCheckpointAt(folder, 20)).json, sampleState(20).json);
    await assert.rejects(
      loadCheckpointAt(folder, 21),
      /expected a checkpoint of step 21 but found none\. There are .*60, 20/,
    );
  }));

Deno.test("a step can be saved again; steps beyond eight digits keep their order", () =>
  inFolder(async (folder) => {
    await saved(folder, 5, 99_999_999, 100_000_000);
    await saveCheckpoint(folder, 100_000_000, sampleState(1));
    const { checkpoint } = await loadCheckpoint(folder);
    assert.equal(checkpoint?.step, 100_000_000);
    assert.deepEqual(checkpoint?.tensors, sampleState(1).tensors);
    assert.deepEqual(await names(folder), ["step-100000000", "step-99999999"]);
  }));

Deno.test("a state that JSON would change is refused, and the earlier checkpoint stays", () =>
  inFolder(async (folder) => {
    await saved(folder, 1);
    const before = await snapshot(folder);
    for (
      const json of [
        { best: Infinity },
        { a: [1, undefined] },
        { words: new Uint32Array(4) },
        undefined,
        { f() {} },
        3n,
      ]
    ) {
      await assert.rejects(saveCheckpoint(folder, 2, { tensors: {}, json }), (error: Error) => {
        assert.ok(error instanceof TypeError);
        assert.match(error.message, /^state\.json: .*which JSON cannot hold/);
        return true;
      });
    }
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    await assert.rejects(saveCheckpoint(folder, 2, { tensors: {}, json: circle }), /part of a circle/);
    await assert.rejects(saveCheckpoint(folder, -1, sampleState(1)), /a checkpoint's step/);
    assert.deepEqual(await snapshot(folder), before);
  }));

Deno.test("a damaged newest checkpoint is passed over with its reason, whatever is damaged", () =>
  inFolder(async (folder) => {
    const part = (name: string) => join(folder, "step-00000020", name);
    const cut = async (name: string, bytes: number) => await Deno.truncate(part(name), bytes);
    const cases: [RegExp, () => Promise<void>][] = [
      [/done: expected the mark of a whole checkpoint but found no such file/, () => Deno.remove(part("done"))],
      [/done: expected JSON but found an empty file/, () => cut("done", 0)],
      [/state\.safetensors: expected \d+ bytes but found 100/, () => cut("state.safetensors", 100)],
      [/state\.json: expected \d+ bytes but found 0/, () => cut("state.json", 0)],
      [/state\.json: expected a part of the checkpoint but found no such file/, () => Deno.remove(part("state.json"))],
      [/state\.json: expected SHA-256/, async () => {
        const text = await Deno.readTextFile(part("state.json"));
        await Deno.writeTextFile(part("state.json"), text.replace("two", "owt"));
      }],
      [/done, step: expected 20, as the folder's name says but found 21/, async () => {
        const text = await Deno.readTextFile(part("done"));
        await Deno.writeTextFile(part("done"), text.replace('"step": 20', '"step": 21'));
      }],
      [/done, format: expected version 1 or older but found version 9/, async () => {
        const text = await Deno.readTextFile(part("done"));
        await Deno.writeTextFile(part("done"), text.replace('"format": 1', '"format": 9'));
      }],
      [/done: expected the mark of a whole checkpoint but found a folder/, async () => {
        await Deno.remove(part("done"));
        await Deno.mkdir(part("done"));
      }],
    ];
    for (const [reason, damage] of cases) {
      await saved(folder, 10, 20);
      await damage();
      const before = await snapshot(folder);
      const { checkpoint, skipped } = await loadCheckpoint(folder);
      assert.equal(checkpoint?.step, 10);
      assert.deepEqual(checkpoint?.json, sampleState(10).json);
      assert.equal(skipped.length, 1);
      assert.equal(skipped[0].path, join(folder, "step-00000020"));
      assert.match(skipped[0].reason, reason);
      await assert.rejects(loadCheckpointAt(folder, 20), FormatError);
      assert.deepEqual(await snapshot(folder), before);
      // Going on from step 10 replaces the damaged one.
      await saved(folder, 20);
      assert.equal((await loadCheckpoint(folder)).checkpoint?.step, 20);
      await Deno.remove(folder, { recursive: true });
      await Deno.mkdir(folder);
    }
  }));

Deno.test("every moment at which a save can be cut off leaves a whole checkpoint, and the next save tidies up", () =>
  inFolder(async (root) => {
    const fresh = join(root, "fresh");
    await saved(fresh, 20);
    const files = ["state.safetensors", "state.json", "done"];
    /** The folder after steps 10 and (if `again`) 20, with `parts` of a new step 20 beside them, the last one half. */
    const scene = async (folder: string, again: boolean, parts: number, half: boolean) => {
      await saved(folder, 10);
      if (again) await saveCheckpoint(folder, 20, sampleState(99));
      const beside = join(folder, ".new-step-00000020");
      await Deno.mkdir(beside);
      for (const [i, name] of files.slice(0, parts).entries()) {
        const bytes = await Deno.readFile(join(fresh, "step-00000020", name));
        await Deno.writeFile(
          join(beside, name),
          half && i === parts - 1 ? bytes.subarray(0, bytes.length >> 1) : bytes,
        );
      }
    };
    let count = 0;
    const check = async (folder: string, step: number, seed: number) => {
      const { checkpoint } = await loadCheckpoint(folder);
      assert.equal(checkpoint?.step, step);
      assert.deepEqual(checkpoint?.json, sampleState(seed).json);
      await saved(folder, 30);
      const left = await names(folder);
      assert.deepEqual(left.filter((name) => /^\.(new|gone)/.test(name)), []);
      assert.equal((await loadCheckpoint(folder)).checkpoint?.step, 30);
      count++;
    };
    for (const again of [false, true]) {
      for (const parts of [0, 1, 2, 3]) {
        for (const half of [false, true]) {
          const folder = join(root, `${again}-${parts}-${half}`);
          await scene(folder, again, parts, half);
          await check(folder, again ? 20 : 10, again ? 99 : 10);
        }
      }
    }
    // Cut off between "the old one steps aside" and "the new one takes its place".
    const aside = join(root, "aside");
    await scene(aside, true, 3, false);
    await Deno.rename(join(aside, "step-00000020"), join(aside, ".old-step-00000020"));
    await check(aside, 20, 99);
    await saved(aside, 40);
    assert.deepEqual(await names(aside), ["step-00000030", "step-00000040"]);
    // The same, and then the step is saved anew: the new one counts, the old one goes.
    const redo = join(root, "redo");
    await saved(redo, 10, 20);
    await Deno.rename(join(redo, "step-00000020"), join(redo, ".old-step-00000020"));
    await saveCheckpoint(redo, 20, sampleState(7));
    assert.deepEqual((await loadCheckpoint(redo)).checkpoint?.json, sampleState(7).json);
    assert.deepEqual(await names(redo), ["step-00000010", "step-00000020"]);
    assert.equal(count, 17);
  }));
