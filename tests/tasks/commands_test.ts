/** The commands as they are typed: help, wrong arguments, and one whole way through a tiny run. */
import assert from "node:assert/strict";
import { join } from "node:path";

const root = join(import.meta.dirname!, "../..");

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function task(name: string, args: readonly string[], cwd = root, env = {}): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--config", join(root, "deno.json"), join(root, "tasks", `${name}.ts`), ...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

const COMMANDS = [
  "analyze",
  "bench",
  "demo",
  "doctor",
  "estimate",
  "golden",
  "notebooks",
  "profile",
  "record",
  "roms",
  "train",
  "verify",
];

Deno.test("commands: each one is a task, has a help page with an example, and refuses unknown flags", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  await Promise.all(COMMANDS.map(async (name) => {
    assert.equal(tasks[name]?.command, `deno run -A tasks/${name}.ts`);
    const help = await task(name, ["--help"]);
    assert.equal(help.code, 0, help.err);
    assert.match(help.out, new RegExp(`deno task ${name}`));
    assert.match(help.out, /Examples?\n {2}deno task/);
    const wrong = await task(name, ["--no-such-flag"]);
    assert.equal(wrong.code, 2, `${name}: ${wrong.err}`);
    assert.match(wrong.err, /unknown flag "--no-such-flag".* There are: /);
  }));
});

Deno.test("doctor: says why a device is taken, and shows all of them when the environment asks for none that exists", async () => {
  const cases: [Record<string, string>, number, RegExp][] = [
    [{ TESSERA_DEVICE: "cpu" }, 0, /Commands use CPU, .*: TESSERA_DEVICE=cpu asks for it/],
    [{ TESSERA_DEVICE: "gpu" }, 1, /without --device stop: TESSERA_DEVICE: expected .* but found "gpu"/],
    [
      { TESSERA_DEVICE: "cpu", TESSERA_THREADS: "two" },
      1,
      /TESSERA_THREADS: expected a whole number .* but found "two"/,
    ],
  ];
  await Promise.all(cases.map(async ([env, code, expected]) => {
    const outcome = await task("doctor", [], root, env);
    assert.equal(outcome.code, code, outcome.out + outcome.err);
    assert.match(outcome.out, expected);
    assert.match(outcome.out, /cpu +CPU, \d+ threads? \(WASM SIMD\) +(works|fails)/);
  }));
});

Deno.test("commands: wrong games, presets, experiments, repairs and files list what exists", async () => {
  const cases: [string, string[], RegExp][] = [
    [
      "train",
      ["rules-and-chance", "--game", "otello"],
      /unknown --game "otello". Did you mean "othello"\? There are: 2048, othello/,
    ],
    ["train", ["rules-and-chance", "--preset", "big"], /There are: tiny, small, full/],
    ["train", ["rule"], /unknown EXPERIMENT "rule".*rules-and-chance/],
    ["train", [], /EXPERIMENT is missing/],
    ["train", ["rules-and-chance", "--without", "C99"], /unknown repair "C99".*C1, C2/],
    ["train", ["rules-and-chance", "--without", "C1", "--mode", "published"], /published has no repairs/],
    ["train", ["rules-and-chance", "--seed", "minus"], /--seed expects an integer/],
    ["estimate", ["rules-and-chance", "--gflops", "0"], /--gflops expects a number of at least/],
    ["golden", ["rules-and-chance", "no-such-file.json"], /cannot read no-such-file.json/],
    ["demo", ["--device", "tpu"], /There are: auto, webgpu, software, cpu/],
  ];
  await Promise.all(cases.map(async ([name, args, expected]) => {
    const { code, err } = await task(name, args);
    assert.equal(code, 2, `${name} ${args.join(" ")}: ${err}`);
    assert.match(err, expected);
  }));
  const missing = await task("analyze", ["no/such/run"]);
  assert.notEqual(missing.code, 0);
  assert.match(missing.err, /no\/such\/run/);
});

Deno.test("commands: estimate needs no device and says what a preset costs", async () => {
  const { code, out } = await task("estimate", ["rules-and-chance", "--preset", "full", "--json"]);
  assert.equal(code, 0);
  const found = JSON.parse(out);
  // Spec 1 §3 counts 1,710,401 with K = 512; this preset has K = 32 codes and a position table.
  assert.equal(found.parameters, 1710401 - 480 * 64 - 480 * 65 + 16 * 64);
  assert.ok(
    found.stages[0].flops > 15e9 && found.stages[0].temporaryBytes < found.stages[0].temporaryBytesWithoutReuse,
  );
});

Deno.test("commands: train, stop, resume, analyze, verify and demo on the CPU device (tiny)", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const run = join(folder, "run"), common = ["rules-and-chance", "--preset", "tiny", "--device", "cpu", "--quiet"];
    const first = await task("train", [...common, "--steps", "30", "--out", run], folder);
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /30 steps.*not finished[\s\S]*--resume/);
    const early = await task("analyze", [run, "--device", "cpu"], folder);
    assert.equal(early.code, 1);
    assert.match(early.err, /expected a finished training of 48 steps but found 30 steps.*--resume/);
    const taken = await task("train", [...common, "--out", run], folder);
    assert.equal(taken.code, 1);
    assert.match(taken.err, /is not empty/);
    const second = await task("train", ["rules-and-chance", "--resume", run, "--device", "cpu", "--quiet"], folder);
    assert.equal(second.code, 0, second.err);
    assert.match(second.out, /48 steps/);
    const analysed = await task("analyze", [run, "--device", "cpu"], folder);
    assert.equal(analysed.code, 0, analysed.err);
    assert.match(analysed.out, /claims hold/);
    for (
      const file of [
        "card.json",
        "report.html",
        "report.md",
        "figures/2048_codebook.png",
        "metrics.jsonl",
        "config.json",
      ]
    ) {
      assert.ok((await Deno.stat(join(run, file))).size > 0, file);
    }
    const verified = await task("verify", [run], folder);
    assert.match(verified.out, /2048/);
    const demo = await task("demo", ["--preset", "tiny", "--device", "cpu", "--quiet", "--json", "demo.json"], folder);
    assert.ok(demo.code === 0 || demo.code === 1, demo.err);
    const result = JSON.parse(await Deno.readTextFile(join(folder, "demo.json")));
    assert.equal(result.holds, demo.code === 0);
    assert.equal(result.analyses.length, 2);
    const report = await Deno.readTextFile(join(folder, "runs/demo-1/report.html"));
    assert.ok(!/undefined|NaN/.test(report.replace(/data:image[^"]*/g, "")));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
