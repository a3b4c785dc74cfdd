/** Recordings: frames found again, steps, turned copies, files. */
import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import {
  changingSteps,
  distinctFrames,
  distinctSteps,
  recordFrames,
  RecordingBuilder,
  settingsFor,
} from "../../../lib/experiments/mini_genie/mod.ts";
import { loadRecording, saveRecording } from "../../../lib/experiments/mini_genie/recording_file.ts";
import { withTurns } from "../../../lib/models/mini_genie/mod.ts";
import { Stream } from "../../../lib/random.ts";
import { inFolder } from "../../runs/helpers.ts";

const SIDE = 4, SIZE = SIDE * SIDE * 3;

/** Frame number n: all its bytes follow from n. */
function frame(n: number): Uint8Array {
  const stream = Stream.named(n, "frame");
  return Uint8Array.from({ length: SIZE }, () => stream.below(256));
}

function film(numbers: readonly number[]): Uint8Array {
  const out = new Uint8Array(numbers.length * SIZE);
  numbers.forEach((n, i) => out.set(frame(n), i * SIZE));
  return out;
}

Deno.test("every different frame is stored once, and every moment finds its frame again", () => {
  fc.assert(fc.property(
    fc.array(fc.array(fc.nat(6), { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 5 }),
    (episodes) => {
      const builder = new RecordingBuilder(SIDE);
      for (const numbers of episodes) builder.add(film(numbers), numbers.slice(1));
      const recording = builder.recording(), all = episodes.flat();
      assert.equal(distinctFrames(recording), new Set(all).size);
      assert.deepEqual([...recording.lengths], episodes.map((numbers) => numbers.length));
      all.forEach((n, i) => {
        const at = recording.shown[i] * SIZE;
        assert.deepEqual(recording.frames.slice(at, at + SIZE), frame(n));
      });
      const steps = episodes.flatMap((numbers) => numbers.slice(1).map((to, t) => [numbers[t], to]));
      assert.equal(recording.before.length, steps.length);
      steps.forEach(([from, to], i) => {
        assert.deepEqual(
          recording.frames.slice(recording.before[i] * SIZE, (recording.before[i] + 1) * SIZE),
          frame(from),
        );
        assert.equal(recording.actions[i], to);
      });
      const changing = steps.filter(([from, to]) => from !== to);
      assert.equal(changingSteps(recording).length, changing.length);
      const distinct = distinctSteps(recording, changingSteps(recording));
      assert.equal(distinct.length, new Set(changing.map(String)).size);
      assert.equal(distinct.reduce((sum, { count }) => sum + count, 0), changing.length);
    },
  ));
});

Deno.test("frames of one hash stay different frames", () => {
  // FNV-1a of these two differ in no bit: found by search over the last four bytes of a black frame.
  const builder = new RecordingBuilder(SIDE), black = new Uint8Array(SIZE);
  const seen = new Map<number, Uint8Array>();
  let pair: [Uint8Array, Uint8Array] | null = null;
  for (let n = 0; !pair; n++) {
    const candidate = black.slice();
    new DataView(candidate.buffer).setUint32(SIZE - 4, Math.imul(n, 2654435761) >>> 0);
    let hash = 0x811c9dc5;
    for (const byte of candidate) hash = Math.imul(hash ^ byte, 0x01000193);
    const other = seen.get(hash);
    if (other) pair = [other, candidate];
    seen.set(hash, candidate);
  }
  builder.add(pair[0], []);
  builder.add(pair[1], []);
  builder.add(pair[0], []);
  assert.deepEqual([...builder.recording().shown], [0, 1, 0]);
});

Deno.test("turned copies: clockwise quarter turns, four of them are none, nothing is mirrored", () => {
  const original = film([1, 2, 3]), turned = withTurns(original, SIDE);
  assert.deepEqual(turned.slice(0, original.length), original);
  const pixel = (bytes: Uint8Array, f: number, x: number, y: number) => {
    const at = f * SIZE + 3 * (y * SIDE + x);
    return [...bytes.slice(at, at + 3)];
  };
  for (let f = 0; f < 3; f++) {
    for (let turn = 0; turn < 3; turn++) {
      for (let y = 0; y < SIDE; y++) {
        for (let x = 0; x < SIDE; x++) {
          assert.deepEqual(pixel(turned, 3 * (turn + 1) + f, SIDE - 1 - y, x), pixel(turned, 3 * turn + f, x, y));
        }
      }
    }
  }
  const last = withTurns(turned.slice(9 * SIZE), SIDE);
  assert.deepEqual(last.slice(3 * SIZE, 6 * SIZE), original);
});

Deno.test("Empty-5x5 as published: 32 frames and 84 changing steps; with the last frame also the goal", () => {
  const published = recordFrames(settingsFor("small", "published"), 0);
  assert.equal(distinctFrames(published), 32);
  assert.equal(distinctSteps(published, changingSteps(published)).length, 84);
  const corrected = recordFrames(settingsFor("small", "corrected"), 0);
  assert.equal(distinctFrames(corrected), 34);
  assert.equal(distinctSteps(corrected, changingSteps(corrected)).length, 86);
  // R1: the published policy hardly turns left.
  const left = ({ actions }: { actions: Int32Array }) => actions.filter((a) => a === 0).length / actions.length;
  assert.ok(left(published) < 0.05 && left(corrected) > 0.25, `${left(published)}, ${left(corrected)}`);
});

Deno.test("as relative records: unlit cells of 4 pixels, of few kinds, and a turned cell is a cell", () => {
  const settings = settingsFor("small", "relative"),
    recording = recordFrames(settings, 0),
    { side, frames } = recording;
  assert.deepEqual([side, distinctFrames(recording)], [20, 34]);
  const kinds = (pictures: Uint8Array) => {
    const found = new Set<string>();
    for (let i = 0; i < pictures.length / 48; i++) {
      const first = Math.floor(i / 25) * 1200 + 3 * (4 * Math.floor(i % 25 / 5) * side + 4 * (i % 5));
      found.add([0, 1, 2, 3].flatMap((y) => [...pictures.subarray(first + 60 * y, first + 60 * y + 12)]).join());
    }
    return found;
  };
  // Wall, floor, goal, four headings; and on the goal the two headings with which it is reached, or turned all four.
  const own = kinds(frames), turned = kinds(withTurns(frames, side));
  assert.deepEqual([own.size, turned.size], [9, 11]);
  assert.ok([...own].every((kind) => turned.has(kind)));
  const lit = recordFrames({ ...settings, data: { ...settings.data, highlight: true } }, 0);
  assert.ok(kinds(lit.frames).size > 11);
});

Deno.test("the same seed records the same, another one something else; full frames are 64 pixels", () => {
  const settings = settingsFor("tiny", "corrected");
  assert.deepEqual(recordFrames(settings, 3), recordFrames(settings, 3));
  assert.notDeepEqual(recordFrames(settings, 3).actions, recordFrames(settings, 4).actions);
  const full = settingsFor("full", "published");
  assert.equal(recordFrames({ ...full, data: { ...full.data, episodes: 2 } }, 0).side, 64);
});

Deno.test("a stored recording comes back; one that is no recording is refused by name", () =>
  inFolder(async (root) => {
    const path = join(root, "recording.npz"), recording = recordFrames(settingsFor("tiny", "corrected"), 0);
    await saveRecording(path, recording);
    assert.deepEqual(await loadRecording(path), recording);
    await saveRecording(path, { ...recording, before: recording.before.with(0, 99) });
    await assert.rejects(() => loadRecording(path), /array before: expected frames below 34,? but found 99/);
    await saveRecording(path, { ...recording, after: recording.after.slice(1) });
    await assert.rejects(() => loadRecording(path), /array after: expected \d+ steps in before, after and actions/);
  }));
