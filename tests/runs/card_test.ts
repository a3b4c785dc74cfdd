import assert from "node:assert/strict";
import { join } from "node:path";
import { FormatError } from "../../lib/data/format_error.ts";
import {
  type Card,
  cardRun,
  cardSections,
  claim,
  createRun,
  expectation,
  judge,
  mergeCards,
  readCard,
  summarise,
  writeCard,
} from "../../lib/runs/mod.ts";
import { formatNumber } from "../../lib/runs/text_table.ts";
import { inFolder, newRun, sampleCard, snapshot } from "./helpers.ts";

Deno.test("mean and spread over seeds are those of the textbook", () => {
  assert.deepEqual(summarise([2]), { values: [2], mean: 2, spread: null });
  const three = summarise([2, 4, 9]);
  assert.equal(three.mean, 5);
  assert.ok(Math.abs(three.spread! - Math.sqrt(13)) < 1e-15);
  assert.deepEqual(summarise([]), { values: [], mean: null, spread: null });
  for (const bad of [NaN, Infinity, null]) {
    assert.deepEqual(summarise([1, bad]), { values: [1, null], mean: null, spread: null });
  }
});

Deno.test("a claim holds when the mean meets the target, tolerance included", () => {
  const base = { id: "x", text: "x", source: "x", quantity: "x" };
  const holds = (comparison: ">=" | "<=" | "within", target: number, tolerance: number, ...values: number[]) =>
    claim({ ...base, comparison, target, tolerance }, values).holds;
  assert.equal(holds(">=", 3, 0, 3), true);
  assert.equal(holds(">=", 3, 0, 2.999), false);
  assert.equal(holds(">=", 3, 0.5, 2.5), true);
  assert.equal(holds("<=", 0.1, 0, 0.1), true);
  assert.equal(holds("<=", 0.1, 0, 0.11), false);
  assert.equal(holds("<=", 0.1, 0.25, 0.35), true);
  assert.equal(holds("within", 0.75, 0.25, 0.5), true);
  assert.equal(holds("within", 0.75, 0.25, 1), true);
  assert.equal(holds("within", 0.75, 0.25, 1.01), false);
  assert.equal(holds("within", 0.75, 0.25, 0.49), false);
  assert.equal(holds(">=", 3, 0, 1, 6), true, "the mean counts");
  assert.equal(holds(">=", -Infinity, 0, NaN), false, "an undefined value never holds");
  // The verdict comes from the values alone.
  const lying = { ...sampleCard(0).claims[0], measured: { values: [1], mean: 9, spread: null }, holds: true };
  assert.equal(judge(lying), false);
});

Deno.test("cards of several seeds merge into one with values, mean and spread", () => {
  const merged = mergeCards([sampleCard(2, 0.3), sampleCard(0), sampleCard(1, -0.6)]);
  assert.deepEqual(merged.runs.map((run) => run.seed), [0, 1, 2]);
  const [ratio, bits] = merged.claims;
  assert.deepEqual(ratio.measured.values, [5.29, 4.69, 5.59]);
  assert.ok(Math.abs(ratio.measured.mean! - 5.19) < 1e-12);
  assert.ok(Math.abs(ratio.measured.spread! - Math.sqrt(0.21)) < 1e-12);
  assert.deepEqual([ratio.holds, bits.holds], [true, true]);
  // Merging merged cards is the same as merging all at once.
  assert.deepEqual(mergeCards([mergeCards([sampleCard(2, 0.3), sampleCard(0)]), sampleCard(1, -0.6)]), merged);
  // Two good seeds do not outweigh a bad one for good: the mean decides.
  assert.equal(mergeCards([sampleCard(0), sampleCard(1, -5.2)]).claims[0].holds, false);
});

Deno.test("cards that do not belong together are not merged", () => {
  const one = sampleCard(0);
  assert.throws(() => mergeCards([]), /at least one card/);
  assert.throws(() => mergeCards([one, sampleCard(0, 1)]), /seed 0 comes twice/);
  assert.throws(() => mergeCards([one, { ...sampleCard(1), mode: "published" }]), /different runs.*published/);
  assert.throws(
    () => mergeCards([one, { ...sampleCard(1), claims: one.claims.slice(0, 1) }]),
    /same claims \(see "2048\.chance-cells"\)/,
  );
  assert.throws(
    () => mergeCards([{ ...one, claims: one.claims.slice(0, 1) }, sampleCard(1)]),
    /same claims$|same claims/,
  );
  const moved = sampleCard(1);
  const [first, second] = moved.claims;
  assert.throws(
    () => mergeCards([one, { ...moved, claims: [{ ...first, target: 2 }, second] }]),
    /see "2048\.chance-over-rule"/,
  );
});

Deno.test("a card is written, read again, and is the same", () =>
  inFolder(async (folder) => {
    const card = { ...sampleCard(3), runs: [{ ...(await cardRun(3, 12.5, "CPU")) }] };
    assert.ok(card.runs[0].peakMemoryBytes! > 1e6);
    const path = await writeCard(folder, card);
    assert.equal(path, join(folder, "card.json"));
    assert.deepEqual(await readCard(folder), card);
    assert.deepEqual(await readCard(path), card);
    const first = await Deno.readTextFile(path);
    await writeCard(folder, card);
    assert.equal(await Deno.readTextFile(path), first);
  }));

Deno.test("an inconsistent card is not written", () =>
  inFolder(async (folder) => {
    const card = sampleCard(0);
    const change = (c: object): Card => ({ ...card, claims: [{ ...card.claims[0], ...c }, card.claims[1]] });
    await assert.rejects(
      writeCard(folder, change({ holds: false })),
      /claims\[0\]\.holds: expected true, which follows/,
    );
    await assert.rejects(writeCard(folder, change({ id: card.claims[1].id })), /each id once/);
    await assert.rejects(writeCard(folder, { ...card, claims: [] }), /at least one claim/);
    await assert.rejects(writeCard(folder, { ...card, runs: [] }), /at least one run/);
    await assert.rejects(
      writeCard(folder, { ...card, runs: [card.runs[0], { ...card.runs[0], seed: 9 }] }),
      /expected 2 values, one per run but found 1/,
    );
    assert.deepEqual(await snapshot(folder), {});
  }));

Deno.test("a tampered card is found out, whatever was changed", () =>
  inFolder(async (folder) => {
    const path = await writeCard(folder, sampleCard(0, -5.2));
    const text = await Deno.readTextFile(path);
    const edits: [string, string, RegExp][] = [
      [
        '"holds": false',
        '"holds": true',
        /claims\[0\]\.holds: expected false, which follows from the numbers but found true/,
      ],
      ['"target": 3', '"target": 0.01', /claims\[0\]\.holds: expected true/],
      [
        '"mean": 0.08',
        '"mean": 4',
        /claims\[0\]\.measured\.mean: expected 0\.0\d+, the mean of the values but found 4/,
      ],
      ["157.25", "57.25", /digest: expected .*the card was changed after it was written/],
      ['"text": "Chance', '"text": "chance', /digest/],
      ['"digest": "', '"digest": "0', /digest/],
      [
        '"comparison": ">="',
        '"comparison": ">"',
        /claims\[0\]\.comparison: expected one of ">=", "<=", "within" but found ">"/,
      ],
      ['"spread": null', '"spread": 0', /claims\[0\]\.measured\.spread: expected null/],
      ['"format": 1', '"format": 4', /format: expected version 1 or older but found version 4/],
      ['"tolerance": 0', '"tolerance": -1', /claims\[0\]\.tolerance: expected a number of at least 0 but found -1/],
    ];
    for (const [from, to, message] of edits) {
      const at = text.indexOf(from);
      assert.ok(at >= 0, `${from} stands in the card`);
      // A mean has many digits; the edit replaces all of them.
      const rest = text.slice(at + from.length).replace(from.startsWith('"mean"') ? /^\d*/ : /^$/, "");
      await Deno.writeTextFile(path, text.slice(0, at) + to + rest);
      await assert.rejects(readCard(path), (error: Error) => {
        assert.ok(error instanceof FormatError, String(error));
        assert.match(error.message, message);
        return true;
      });
    }
    // Values changed together with everything derived from them: only the digest knows.
    const forged = { ...sampleCard(0), digest: JSON.parse(text).digest };
    await Deno.writeTextFile(path, JSON.stringify(forged));
    await assert.rejects(readCard(path), /digest: expected/);
    // Another layout of the same content is the same card.
    await Deno.writeTextFile(path, JSON.stringify(JSON.parse(text)));
    assert.deepEqual(await readCard(path), sampleCard(0, -5.2));
  }));

Deno.test("a card in a run folder must be that run's", () =>
  inFolder(async (folder) => {
    const run = await createRun({ ...newRun, out: join(folder, "run") });
    await assert.rejects(readCard(run.folder), /card\.json: expected a reproduction card but found no such file/);
    await writeCard(run.folder, sampleCard(newRun.seed));
    await readCard(run.folder);
    await writeCard(run.folder, sampleCard(newRun.seed + 1));
    await assert.rejects(
      readCard(run.folder),
      /expected the card of rules-and-chance 2048, tiny, corrected, seed 3.*seed 4/,
    );
    await writeCard(run.folder, mergeCards([sampleCard(3), sampleCard(4)]));
    await readCard(run.folder);
  }));

Deno.test("expectations and tables read well", () => {
  const text = (comparison: ">=" | "<=" | "within", target: number, tolerance: number) =>
    expectation({ comparison, target, tolerance }, formatNumber);
  assert.deepEqual(
    [text(">=", 3, 0), text("<=", 0.1, 0.02), text("within", 0.8, 0.2), text("within", 1, 0)],
    ["≥ 3", "≤ 0.1 (+ 0.02)", "0.6 … 1", "= 1"],
  );
  const [claims, cost] = cardSections(mergeCards([sampleCard(0), sampleCard(1, -2.5)]));
  assert.equal(claims.text, "rules-and-chance 2048, tiny, corrected: 2 of 2 claims hold.");
  assert.deepEqual(claims.table?.rows[1].slice(1), [
    "mean predicted entropy (bits)",
    "0.6 … 1",
    0.665,
    "± 0.1768",
    "1 of 2",
    true,
    "spec 1 §1",
  ]);
  assert.deepEqual(cost.table?.rows[0], [0, "2:37", 512, "CPU, 2 threads (WASM SIMD)", "0.1.0", "2.9.6", null]);
});
