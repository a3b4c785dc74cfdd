/** Damaged files of a run: a named error or the older whole checkpoint, never another crash, never a changed file. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { join } from "node:path";
import { FormatError } from "../../lib/data/format_error.ts";
import {
  createRun,
  loadCheckpoint,
  loadCheckpointAt,
  MetricsLog,
  openRun,
  readCard,
  readMetrics,
  runPaths,
  saveCheckpoint,
  writeCard,
} from "../../lib/runs/mod.ts";
import { type Damage, damage, damaged, inFolder, newRun, replaced, sampleCard, sampleState } from "./helpers.ts";

/** What the reader gives, or null after a `FormatError` whose message is complete. Any other error fails the test. */
async function named<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    assert.ok(error instanceof FormatError, `an error without a name: ${error instanceof Error ? error.stack : error}`);
    assert.match(error.message, /: expected [^]+ but found [^]+\. [^]+/);
    return null;
  }
}

const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value, null, 2) + "\n");

/** Damage to a JSON file: of its bytes, or of a value inside it. */
const jsonDamage = fc.oneof(
  damage.map((how) => (bytes: Uint8Array) => damaged(bytes, how)),
  fc.tuple(
    fc.nat(),
    fc.constantFrom("replace" as const, "remove" as const, "add" as const),
    fc.jsonValue({ maxDepth: 2 }),
  ).map(
    ([choice, how, value]) => (bytes: Uint8Array) =>
      text(replaced(JSON.parse(new TextDecoder().decode(bytes)), choice, how, value)),
  ),
);

async function forAll<T>(
  runs: number,
  seed: number,
  arbitrary: fc.Arbitrary<T>,
  check: (value: T) => Promise<void>,
): Promise<void> {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(arbitrary, async (value) => {
      count++;
      await check(value);
    }),
    { numRuns: runs, seed },
  );
  assert.equal(count, runs);
}

Deno.test("config.json, 1,200 times damaged", () =>
  inFolder(async (folder) => {
    const run = await createRun({ ...newRun, out: join(folder, "run") });
    const path = runPaths.config(run), whole = await Deno.readFile(path);
    let refused = 0;
    await forAll(1200, 1, jsonDamage, async (change) => {
      const bytes = change(whole);
      await Deno.writeFile(path, bytes);
      const opened = await named(() => openRun(run.folder));
      if (opened === null) refused++;
      else assert.deepEqual(Object.keys(opened.config), Object.keys(run.config));
      assert.deepEqual(await Deno.readFile(path), bytes);
    });
    assert.ok(refused > 400, `${refused} refused`);
  }));

Deno.test("card.json, 1,200 times damaged: an error, or the very same card", () =>
  inFolder(async (folder) => {
    const card = sampleCard(0);
    const path = await writeCard(folder, card), whole = await Deno.readFile(path);
    let refused = 0;
    await forAll(1200, 2, jsonDamage, async (change) => {
      const bytes = change(whole);
      await Deno.writeFile(path, bytes);
      const read = await named(() => readCard(path));
      if (read === null) refused++;
      else assert.deepEqual(read, card);
      assert.deepEqual(await Deno.readFile(path), bytes);
    });
    assert.ok(refused > 800, `${refused} refused`);
  }));

const FILES = ["done", "state.json", "state.safetensors"];

Deno.test("a checkpoint's files, 1,200 times damaged: the very same state, or that of the checkpoint before", () =>
  inFolder(async (folder) => {
    for (const step of [10, 20]) await saveCheckpoint(folder, step, sampleState(step, 200));
    const place = join(folder, "step-00000020");
    const whole = new Map<string, Uint8Array>();
    for (const name of FILES) whole.set(name, await Deno.readFile(join(place, name)));
    let passedOver = 0;
    await forAll(1200, 3, fc.tuple(fc.constantFrom(...FILES), jsonDamage, damage), async ([name, change, how]) => {
      const bytes = name.endsWith("json") || name === "done"
        ? change(whole.get(name)!)
        : damaged(whole.get(name)!, how);
      await Deno.writeFile(join(place, name), bytes);
      const { checkpoint, skipped } = await loadCheckpoint(folder);
      assert.ok(checkpoint);
      assert.equal(checkpoint.step, skipped.length === 0 ? 20 : 10);
      const { tensors, json } = checkpoint;
      assert.deepEqual({ tensors, json }, sampleState(checkpoint.step, 200));
      if (skipped.length > 0) {
        passedOver++;
        assert.match(skipped[0].reason, /: expected [^]+ but found [^]+\. Delete this checkpoint's folder/);
      }
      await named(() => loadCheckpointAt(folder, 20));
      assert.deepEqual(await Deno.readFile(join(place, name)), bytes);
      await Deno.writeFile(join(place, name), whole.get(name)!);
    });
    assert.ok(passedOver > 900, `${passedOver} passed over`);
  }));

Deno.test("a checkpoint damaged before its sums were taken, 800 times: its readers stand alone", () =>
  inFolder(async (folder) => {
    for (const step of [10, 20]) await saveCheckpoint(folder, step, sampleState(step, 200));
    const place = join(folder, "step-00000020");
    const done = JSON.parse(await Deno.readTextFile(join(place, "done")));
    const parts = fc.constantFrom("state.json", "state.safetensors");
    await forAll(800, 4, fc.tuple(parts, jsonDamage, damage), async ([name, change, how]) => {
      const path = join(place, name), whole = await Deno.readFile(path);
      const bytes = name.endsWith("json") ? change(whole) : damaged(whole, how);
      const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)).toHex();
      const sums = { ...done, files: { ...done.files, [name]: { bytes: bytes.length, sha256 } } };
      await Deno.writeFile(path, bytes);
      await Deno.writeFile(join(place, "done"), text(sums));
      const { checkpoint, skipped } = await loadCheckpoint(folder);
      assert.equal(checkpoint?.step, skipped.length === 0 ? 20 : 10);
      assert.deepEqual(await Deno.readFile(path), bytes);
      await Deno.writeFile(path, whole);
    });
  }));

Deno.test("metrics.jsonl, 800 times damaged: an error, or rows; what cannot be read is not touched", () =>
  inFolder(async (folder) => {
    const path = join(folder, "metrics.jsonl");
    {
      using log = await MetricsLog.open(path, 0);
      for (let step = 1; step <= 6; step++) log.append({ step, loss: 1 / step, stage: "one", best: NaN });
    }
    const whole = await Deno.readFile(path);
    await forAll(800, 5, fc.tuple(damage, fc.nat(7)), async ([how, step]: [Damage, number]) => {
      const bytes = damaged(whole, how);
      await Deno.writeFile(path, bytes);
      const rows = await named(() => readMetrics(path));
      assert.deepEqual(await Deno.readFile(path), bytes);
      const log = await named(() => MetricsLog.open(path, step));
      log?.close();
      assert.equal(log === null, rows === null);
      if (rows === null) assert.deepEqual(await Deno.readFile(path), bytes);
      else assert.deepEqual(await readMetrics(path), rows.filter((row) => row.step <= step));
    });
  }));
