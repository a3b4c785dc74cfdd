/** Shared by the tests of runs: folders that go away, samples of every file, and ways to damage them. */

import fc from "fast-check";
import { join } from "node:path";
import { Stream } from "../../lib/random.ts";
import { type Card, claim } from "../../lib/runs/card.ts";
import type { CheckpointState } from "../../lib/runs/checkpoint.ts";
import type { NewRun } from "../../lib/runs/run_folder.ts";

/** Runs a test in a fresh folder, which is removed afterwards. */
export async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tessera-runs-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a new run of the tests is made from. */
export const newRun: NewRun = {
  experiment: "rules-and-chance",
  game: "2048",
  preset: "tiny",
  mode: "corrected",
  seed: 3,
  device: "CPU, 2 threads (WASM SIMD)",
  settings: { learningRate: 5e-4, channels: [16, 32, 64], positions: true, note: "ab/cd", nothing: null },
};

/** A state that is different for every step, of about `bytes` bytes. */
export function sampleState(step: number, bytes = 400): CheckpointState {
  const stream = Stream.named(step, "sample");
  const values = Float32Array.from({ length: Math.ceil(bytes / 4) }, () => stream.normal());
  return {
    tensors: {
      "encoder.weight": { dtype: "F32", shape: [values.length], bytes: new Uint8Array(values.buffer) },
      "counter": { dtype: "U32", shape: [], bytes: new Uint8Array(new Uint32Array([step]).buffer) },
    },
    json: { step, streams: { batches: stream.state() }, best: null, stage: "two" },
  };
}

/** One seed's card; 2048 holds, the last claim does not. */
export function sampleCard(seed: number, shift = 0): Card {
  return {
    format: 1,
    experiment: "rules-and-chance",
    game: "2048",
    preset: "tiny",
    mode: "corrected",
    runs: [{
      seed,
      seconds: 157.25 + seed,
      peakMemoryBytes: 512 * 2 ** 20,
      device: "CPU, 2 threads (WASM SIMD)",
      versions: { tessera: "0.1.0", deno: "2.9.6" },
      commit: null,
    }],
    claims: [
      claim({
        id: "2048.chance-over-rule",
        text: "Chance cells have a higher predicted entropy than rule cells",
        source: "spec 1 §1",
        quantity: "entropy of chance cells / of rule cells",
        comparison: ">=",
        target: 3,
      }, 5.29 + shift),
      claim({
        id: "2048.chance-cells",
        text: "Chance cells come close to their true entropy",
        source: "spec 1 §1",
        quantity: "mean predicted entropy (bits)",
        comparison: "within",
        target: 0.8,
        tolerance: 0.2,
      }, 0.79 + shift / 10),
    ],
  };
}

/** Every file below a folder with its bytes: to show that nothing was changed. */
export async function snapshot(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const visit = async (at: string, name: string): Promise<void> => {
    for await (const entry of Deno.readDir(at)) {
      const path = join(at, entry.name), key = `${name}/${entry.name}`;
      if (entry.isDirectory) await visit(path, key);
      else files[key] = (await Deno.readFile(path)).toBase64();
    }
  };
  await visit(folder, "");
  return files;
}

/** One way to damage a file's bytes. Places are shares of the file's length. */
export type Damage =
  | { kind: "flip"; place: number; bit: number }
  | { kind: "set"; place: number; value: number }
  | { kind: "cut"; place: number }
  | { kind: "remove"; place: number; bytes: number }
  | { kind: "insert"; place: number; bytes: Uint8Array }
  | { kind: "repeat"; place: number; bytes: number }
  | { kind: "zeros"; place: number; bytes: number };

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const few = fc.integer({ min: 1, max: 24 });
/** Damage of every kind, single bits up to lost tails. */
export const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant("flip" as const), place, bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ kind: fc.constant("set" as const), place, value: fc.constantFrom(...'0123456789-+.eE"{}[],:tfn \n\\\0') })
    .map((d) => ({
      ...d,
      value: d.value.charCodeAt(0),
    })),
  fc.record({ kind: fc.constant("cut" as const), place }),
  fc.record({ kind: fc.constant("remove" as const), place, bytes: few }),
  fc.record({ kind: fc.constant("insert" as const), place, bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }) }),
  fc.record({ kind: fc.constant("repeat" as const), place, bytes: few }),
  fc.record({ kind: fc.constant("zeros" as const), place, bytes: few }),
);

/** The bytes with the damage done to them. */
export function damaged(bytes: Uint8Array, how: Damage): Uint8Array {
  const at = Math.floor(how.place * bytes.length);
  const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
  switch (how.kind) {
    case "flip":
      return bytes.map((byte, i) => i === at ? byte ^ (1 << how.bit) : byte);
    case "set":
      return bytes.map((byte, i) => i === at ? how.value : byte);
    case "cut":
      return bytes.slice(0, at);
    case "remove":
      return join(bytes.subarray(0, at), bytes.subarray(at + how.bytes));
    case "insert":
      return join(bytes.subarray(0, at), how.bytes, bytes.subarray(at));
    case "repeat":
      return join(bytes.subarray(0, at + how.bytes), bytes.subarray(at));
    case "zeros":
      return bytes.map((byte, i) => i >= at && i < at + how.bytes ? 0 : byte);
  }
}

/** Replaces, removes or adds one value somewhere in a JSON document: damage that still parses. */
export function replaced(
  document: unknown,
  choice: number,
  how: "replace" | "remove" | "add",
  value: unknown,
): unknown {
  const copy = structuredClone(document);
  const places: { owner: Record<string, unknown>; key: string }[] = [];
  const visit = (owner: Record<string, unknown>): void => {
    for (const key of Object.keys(owner)) {
      places.push({ owner, key });
      const inner = owner[key];
      if (typeof inner === "object" && inner !== null) visit(inner as Record<string, unknown>);
    }
  };
  visit(copy as Record<string, unknown>);
  const { owner, key } = places[choice % places.length];
  if (how === "replace") owner[key] = value;
  else if (how === "add") owner[`${key}2`] = value;
  else if (Array.isArray(owner)) owner.splice(Number(key), 1);
  else delete owner[key];
  return copy;
}
