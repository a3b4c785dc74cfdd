/** Claims on models whose numbers are known: what holds, what fails, and that nothing else fails with it. */
import assert from "node:assert/strict";
import {
  agreementTable,
  type Analysis,
  cardOf,
  claimsOf,
  comparisonTable,
  controlTable,
  dreamTable,
  experimentSummary,
  finding,
  MODES,
  verdictTable,
} from "../../../lib/experiments/mini_genie/mod.ts";
import { mergeCards, readCard, writeCard } from "../../../lib/runs/mod.ts";
import { HOLES } from "../figure_form.ts";
import { syntheticStudy } from "./synthetic.ts";

const missed = (analysis: Analysis) => claimsOf(analysis).filter(({ holds }) => !holds).map(({ id }) => id);

/** The numbers of spec 3 §10, corrected run, in place of those of the table. */
async function measuredBySpec(mode: "corrected" | "relative" = "corrected"): Promise<Analysis> {
  const { analysis } = await syntheticStudy(mode === "relative" ? "perfect" : "heading", mode);
  const meanings = analysis.meanings.map((meaning) => {
    const known: Record<string, [nmi: number, chance: number]> = {
      action: mode === "relative" ? [0.64, 0.05] : [0.069, 0.075],
      "heading after": mode === "relative" ? [0, 0.06] : [0.713, 0.111],
    };
    const [nmi, mean] = known[meaning.explanation] ?? [meaning.agreement.nmi, meaning.chance.mean];
    return { ...meaning, agreement: { ...meaning.agreement, nmi }, chance: { ...meaning.chance, mean } };
  });
  return {
    ...analysis,
    meanings,
    separability: 1,
    eyes: { ...analysis.eyes, psnr: 28.4, nearest: 1 },
    control: { ...analysis.control, inferred: 0.98, random: 0.15, delta: 0.83 },
  };
}

/** One number changed, by path: "control.inferred". */
function changed(analysis: Analysis, path: string, value: number): Analysis {
  const copy = structuredClone(analysis), keys = path.split(".");
  // deno-lint-ignore no-explicit-any -- a path of any depth into plain data
  const parent = keys.slice(0, -1).reduce((at: any, key) => at[key], copy);
  assert.ok(keys.at(-1)! in parent, `${path} exists`);
  parent[keys.at(-1)!] = value;
  return copy;
}

Deno.test("the measured numbers of the spec meet every criterion", async () => {
  assert.deepEqual(claimsOf(await measuredBySpec()).map(({ id, holds }) => [id, holds]), [
    ["eyes.nearest", true],
    ["eyes.psnr", true],
    ["identity", true],
    ["delta", true],
    ["separability", true],
    ["heading.nmi", true],
    ["heading.chance", true],
  ]);
  assert.deepEqual(missed(await measuredBySpec("relative")), []);
});

Deno.test("each criterion fails just beyond its target, and no other with it", async () => {
  const corrected = await measuredBySpec(), relative = await measuredBySpec("relative");
  const heading = corrected.meanings.findIndex(({ explanation }) => explanation === "heading after");
  const cases: [Analysis, path: string, value: number, id: string][] = [
    [corrected, "eyes.nearest", 0.99, "eyes.nearest"],
    [corrected, "eyes.psnr", 24.9, "eyes.psnr"],
    [corrected, "control.inferred", 0.949, "identity"],
    [corrected, "control.delta", 0.599, "delta"],
    [corrected, "separability", 0.949, "separability"],
    [corrected, `meanings.${heading}.agreement.nmi`, 0.599, "heading.nmi"],
    [corrected, `meanings.${heading}.chance.mean`, 0.143, "heading.chance"],
    [relative, "meanings.0.agreement.nmi", 0.599, "action.nmi"],
    [relative, "control.inferred", 0.9, "identity"],
  ];
  for (const [analysis, path, value, id] of cases) {
    assert.deepEqual(missed(changed(analysis, path, value)), [id], `${path} = ${value}`);
  }
});

Deno.test("exact tables meet what is asked of their meaning, deaf and collapsed ones do not", async () => {
  assert.deepEqual(missed((await syntheticStudy("heading")).analysis), []);
  assert.deepEqual(missed((await syntheticStudy("perfect", "relative")).analysis), []);
  assert.deepEqual(missed((await syntheticStudy("perfect")).analysis), ["heading.nmi", "heading.chance"]);
  assert.deepEqual(missed((await syntheticStudy("heading", "relative")).analysis), ["action.nmi"]);
  assert.deepEqual(missed((await syntheticStudy("deaf", "relative")).analysis), ["identity", "delta"]);
  const collapsed = (await syntheticStudy("collapsed")).analysis;
  assert.deepEqual(missed(collapsed), ["identity", "delta", "separability", "heading.nmi", "heading.chance"]);
  // A single code has no chance level: the multiple of it is no number, and does not hold.
  assert.equal(claimsOf(collapsed).at(-1)!.measured.mean, null);
});

Deno.test("published is held to what it shows: none of the acceptance criteria, and a repaired model fails it", async () => {
  const ids = new Map(
    await Promise.all(MODES.map(async (mode) => {
      const { analysis } = await syntheticStudy("collapsed", mode);
      return [mode, claimsOf(analysis).map(({ id }) => id)] as const;
    })),
  );
  assert.ok(ids.get("published")!.every((id) => id.startsWith("published.")));
  assert.ok(!ids.get("corrected")!.some((id) => id.startsWith("published.")));
  const { analysis } = await syntheticStudy("collapsed", "published");
  const asMeasured = {
    ...analysis,
    eyes: { ...analysis.eyes, psnr: 20.4, nearest: 0.41, codesUsed: 12 },
    control: { ...analysis.control, inferred: 0.63, changed: { soft: 0.98, hard: 0.76 } },
  };
  assert.deepEqual(missed(asMeasured), []);
  assert.equal(missed((await syntheticStudy("perfect", "published")).analysis).length, ids.get("published")!.length);
});

Deno.test("where headings are not known nothing is claimed of them", async () => {
  const { analysis } = await syntheticStudy("perfect");
  const recorded = { ...analysis, meanings: analysis.meanings.slice(0, 1) };
  assert.deepEqual(claimsOf(recorded).map(({ id }) => id), [
    "eyes.nearest",
    "eyes.psnr",
    "identity",
    "delta",
    "separability",
  ]);
  assert.match(experimentSummary([recorded]), /5 of 5 claims hold/);
});

Deno.test("cards of three seeds merge, with values and spread, and survive the disk", async () => {
  const run = (seed: number) => ({
    seed,
    seconds: 90,
    peakMemoryBytes: null,
    device: "test",
    versions: { tessera: "0" },
    commit: null,
  });
  const analysis = await measuredBySpec();
  const cards = [0.94, 0.97, 0.97].map((value, seed) =>
    cardOf(changed(analysis, "control.inferred", value), run(seed))
  );
  assert.deepEqual(cards.map(({ claims }) => claims[2].holds), [false, true, true]);
  const folder = await Deno.makeTempDir();
  try {
    await writeCard(folder, mergeCards(cards));
    const { claims, runs, experiment, game } = await readCard(folder), { measured, holds } = claims[2];
    assert.deepEqual([experiment, game, runs.length], ["mini-genie", "Empty-5x5", 3]);
    assert.deepEqual([measured.values, holds], [[0.94, 0.97, 0.97], true]);
    assert.ok(Math.abs(measured.spread! - Math.sqrt(3) / 100) < 1e-12);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what is found is said in words", async () => {
  assert.match(finding((await syntheticStudy("perfect")).analysis), /They follow the true action, NMI 1\.00/);
  assert.match(
    finding((await syntheticStudy("heading")).analysis),
    /follow the heading after the move, NMI 1\.00 .* not what the agent did/,
  );
  assert.match(finding((await syntheticStudy("collapsed")).analysis), /All moves have the same latent action/);
});

Deno.test("tables have no holes, the summary fits a terminal", async () => {
  const analyses = [
    (await syntheticStudy("collapsed", "published")).analysis,
    (await syntheticStudy("heading")).analysis,
    { ...(await syntheticStudy("perfect")).analysis, without: ["R5"] as const },
  ];
  const tables = [
    comparisonTable(analyses),
    verdictTable(analyses),
    ...analyses.flatMap((analysis) => [agreementTable(analysis), controlTable(analysis), dreamTable(analysis)]),
  ];
  for (const { columns, rows } of tables) {
    assert.ok(rows.length > 0);
    for (const row of rows) {
      assert.equal(row.length, columns.length);
      assert.ok(row.every((cell) => cell !== undefined && !/NaN|undefined/.test(String(cell))));
    }
  }
  assert.deepEqual(comparisonTable(analyses).columns, ["quantity", "published", "corrected", "corrected without R5"]);
  for (const shown of [analyses, analyses.slice(0, 1), analyses.slice(1, 2)]) {
    const text = experimentSummary(shown);
    assert.doesNotMatch(text, HOLES);
    assert.ok(text.split("\n").every((line) => line.length <= 130), text);
  }
});
