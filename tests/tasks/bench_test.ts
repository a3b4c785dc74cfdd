import assert from "node:assert/strict";
import { join } from "node:path";
import { listDevices } from "../../lib/device/mod.ts";
import { deviations, fingerprint } from "../../tasks/bench/agreement.ts";
import type { Case } from "../../tasks/bench/cases/case.ts";
import { CASES } from "../../tasks/bench/cases/list.ts";
import type { ModelSizes } from "../../tasks/bench/cases/model.ts";
import { backToBack, measure, measureInterleaved } from "../../tasks/bench/measure.ts";
import { PeerProcess, TooSlow } from "../../tasks/bench/peer_process.ts";
import { findPeer } from "../../tasks/bench/peers/list.ts";
import { CannotDo } from "../../tasks/bench/peers/peer.ts";
import { milliseconds, toMarkdown } from "../../tasks/bench/report.ts";
import { runCase } from "../../tasks/bench/run_case.ts";
import { spreadOf } from "../../tasks/bench/statistics.ts";

const LIMITS = { warmup: 0, repeats: 2, turnMs: 0, budgetMs: 1e9, runMs: 300_000 };
const ROOT = join(import.meta.dirname!, "..", "..");
const software = (await listDevices()).some((report) => report.kind === "software" && report.present);

Deno.test("quartiles interpolate as NumPy's do", () => {
  const spread = spreadOf([4, 1, 3, 2]);
  assert.deepEqual(spread, { min: 1, firstQuartile: 1.75, median: 2.5, thirdQuartile: 3.25, max: 4 });
  assert.equal(spreadOf([7]).median, 7);
  assert.throws(() => spreadOf([]), RangeError);
});

Deno.test("subjects take turns, stop at their budget, and fail alone", async () => {
  const turns: string[] = [];
  const subject = (name: string, times: readonly number[]) => {
    let at = 0;
    return {
      name,
      run() {
        turns.push(name);
        const time = times[at++];
        return time === undefined ? Promise.reject(new Error("broke")) : Promise.resolve([time]);
      },
    };
  };
  const results = await measureInterleaved(
    [
      subject("fast", [9, 1, 2, 3]),
      subject("slow", [5, 60, 60]),
      subject("broken", [1, 1]),
      subject("very slow", [500]),
    ],
    { warmup: 1, repeats: 3, turnMs: 0, budgetMs: 100 },
  );
  assert.equal(turns.join(" "), "fast slow broken very slow fast slow broken fast slow broken fast");
  assert.deepEqual(results.map(({ samples }) => samples), [[1, 2, 3], [60, 60], [1], [500]]);
  assert.deepEqual(results.map(({ failure }) => failure), [null, null, "broke", null]);
  assert.equal(results[0].spread!.median, 2);
  const own = await measure("own", () => Promise.resolve(), { warmup: 0, repeats: 4, turnMs: 0, budgetMs: 1e9 });
  assert.equal(own.samples.length, 4);
  const burst = await backToBack(() => new Promise((resolve) => setTimeout(resolve, 4)), 10);
  assert.ok(burst.length >= 1 && burst.length <= 3 && burst.every((time) => time >= 3), String(burst));
});

Deno.test("a peer with other numbers stands out", () => {
  const data = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i));
  const right = { y: fingerprint(data) }, near = { y: fingerprint(data.map((x) => x * (1 + 1e-6))) };
  const moved = { y: fingerprint(data.toReversed()) }, missing = {}, nothing = { y: fingerprint(data.map(() => NaN)) };
  const found = deviations([right, near, right, moved, missing, nothing]);
  assert.ok(found[0] < 1e-5 && found[1] < 1e-5 && found[3] > 0.01, String(found));
  assert.deepEqual(found.slice(4), [Infinity, Infinity]);
  const losses = [{ losses: fingerprint([1, 2, 3]) }, { losses: fingerprint([1, 2]) }, {
    losses: fingerprint([1, 2, 3]),
  }];
  assert.deepEqual(deviations(losses), [0, 0, 0]);
});

Deno.test("the table shows medians, ratios and reasons", () => {
  const cell = (peer: string, samples: number[], failure: string | null = null, deviation = 0) => ({
    case: "matmul-256",
    peer,
    firstMs: samples.length > 0 ? 50 : null,
    samples,
    spread: samples.length > 0 ? spreadOf(samples) : null,
    deviation,
    failure,
  });
  const peers = ["tessera", "tfjs-webgpu", "jax-webgpu"].map((id) => findPeer(id));
  const text = toMarkdown({
    machine: { system: "linux", processor: "P", cores: 2, memoryGiB: 8, versions: { deno: "2" }, commit: null },
    limits: LIMITS,
    cases: CASES.filter((entry) => entry.id === "matmul-256"),
    targets: [{
      target: "software",
      device: "llvmpipe",
      peers,
      cells: [
        cell("tessera", [10, 10]),
        cell("tfjs-webgpu", [30, 32], null, 0.5),
        cell("jax-webgpu", [], "no such kernel"),
      ],
    }],
    games: [{ game: "2048", stepsPerSecond: 1234567.8 }],
  });
  assert.match(text, /\| matmul 256³ +\| 10 ms, 3\.4 GFLOP\/s +\| 31 ms, 1\.1 GFLOP\/s, 3\.1× \[1\] +\| – \[2\] +\|/);
  assert.match(text, /\[1\] tfjs webgpu: its numbers differ from the other peers' by 0\.5 in matmul-256/);
  assert.match(text, /\[2\] jax-js webgpu: no such kernel/);
  assert.match(text, /\| 2048 \| 1,234,568 +\|/);
  assert.deepEqual([0.05, 1.234, 123.4, 61_000].map(milliseconds), ["50 µs", "1.2 ms", "123 ms", "61 s"]);
});

const tiny: ModelSizes = {
  side: 16,
  channels: [4, 6],
  width: 8,
  codes: 6,
  hidden: 12,
  blocks: 1,
  heads: 2,
  actions: 4,
};
const small = { title: "", flops: 1, quick: true };
const tinyCases: readonly Case[] = [
  { ...small, kind: "matmul", id: "matmul", tolerance: 1e-5, size: 32 },
  { ...small, kind: "conv", id: "conv", tolerance: 1e-5, batch: 2, side: 8, channels: [2, 4, 6], backward: false },
  {
    ...small,
    kind: "conv",
    id: "conv backward",
    tolerance: 1e-4,
    batch: 2,
    side: 8,
    channels: [2, 4, 6],
    backward: true,
  },
  { ...small, kind: "autoencoder step", id: "stage 1", tolerance: 1e-4, sizes: tiny, batch: 4 },
  { ...small, kind: "transition step", id: "stage 2", tolerance: 1e-4, sizes: tiny, batch: 4 },
];

/** The libraries run in their own processes, whose threads and devices end with them. */
async function agree(names: readonly string[], target: "cpu" | "software", cases: readonly Case[]): Promise<void> {
  const processes = names.map((name) => new PeerProcess(findPeer(name), target));
  try {
    for (const entry of cases) {
      for (const cell of await runCase(entry, processes, LIMITS, () => {})) {
        if (cell.peer === "tfjs-wasm" && ["conv backward", "stage 1"].includes(entry.id)) {
          assert.match(cell.failure!, /no kernel Conv2DBackpropFilter/);
          continue;
        }
        const what = `${entry.id} on ${cell.peer}`;
        assert.equal(cell.failure, null, what);
        assert.equal(cell.samples.length, 2, what);
        assert.ok(cell.deviation! <= entry.tolerance, `${what}: deviation ${cell.deviation}`);
      }
    }
  } finally {
    await Promise.all(processes.map((process) => process.close()));
  }
}

Deno.test("Tessera, tfjs and jax-js compute the same in every case on the processor", async () => {
  await agree(["tessera-1", "tfjs-cpu", "tfjs-wasm", "jax-wasm-1"], "cpu", tinyCases);
});

// A matrix product only, because a software adapter compiles the kernels of a training step for a minute.
Deno.test({
  name: `Tessera, tfjs and jax-js take the same adapter${software ? "" : " (no software adapter)"}`,
  ignore: !software,
  fn: async () => await agree(["tessera", "tfjs-webgpu", "jax-webgpu"], "software", tinyCases.slice(0, 1)),
});

Deno.test("a peer that takes too long is stopped and starts again", async () => {
  const peer = new PeerProcess(findPeer("tfjs-cpu"), "cpu"), big: Case = { ...tinyCases[0], kind: "matmul", size: 512 };
  try {
    await peer.ask({ op: "prepare", case: big }, 300_000);
    await assert.rejects(peer.ask({ op: "run", turnMs: 0 }, 1), TooSlow);
    await peer.ask({ op: "prepare", case: tinyCases[0] }, 300_000);
    assert.equal((await peer.ask({ op: "run", turnMs: 0 }, 300_000)).kind, "ran");
  } finally {
    await peer.close();
  }
});

Deno.test("what a peer cannot do is told apart from what fails", async () => {
  const wasm = new PeerProcess(findPeer("tfjs-wasm"), "cpu"), cpu = new PeerProcess(findPeer("tfjs-cpu"), "cpu");
  try {
    await assert.rejects(wasm.ask({ op: "prepare", case: tinyCases[2] }, 300_000), CannotDo);
    await assert.rejects(cpu.ask({ op: "run", turnMs: 0 }, 300_000), (error) => !(error instanceof CannotDo));
  } finally {
    await Promise.all([wasm.close(), cpu.close()]);
  }
});

async function bench(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(ROOT, "tasks", "bench.ts"), ...args],
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

Deno.test("the command prints a table and writes JSON", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "bench.json");
    const args = [
      "--device",
      "cpu",
      "--peer",
      "tfjs-wasm",
      "--case",
      "matmul-256",
      "--quick",
      "--quiet",
      "--json",
      file,
    ];
    const { code, out, err } = await bench(...args);
    assert.equal(code, 0, err);
    assert.match(out, /\| matmul 256³ \| [\d.]+ m?µ?s, [\d.]+ GFLOP\/s +\|/);
    const result = JSON.parse(await Deno.readTextFile(file));
    assert.equal(result.targets[0].cells[0].peer, "tfjs-wasm");
    assert.equal(result.machine.versions["@tensorflow/tfjs"], "4.22.0");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the command lists what exists when a name is wrong", async () => {
  const { code, err } = await bench("--case", "matmul-265");
  assert.equal(code, 2);
  assert.match(err, /unknown case "matmul-265"\. Did you mean "matmul-256"\?.*stage-1/);
});
