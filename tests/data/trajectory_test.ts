/** Trajectories: back from their files unchanged, with every damage named; pictures of one byte become colours. */
import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import {
  cutTrajectory,
  FormatError,
  joinTrajectories,
  NO_ACTION,
  type NpyArray,
  readEpisodeFolder,
  readNpz,
  readTrajectories,
  readTrajectory,
  readTrajectoryFolder,
  type Trajectory,
  trajectoryFromArrays,
  trajectoryToArrays,
  writeNpz,
  writeTrajectory,
} from "../../lib/data/mod.ts";
import { damages, mutate } from "./mutate.ts";

const PALETTE = Uint8Array.from({ length: 768 }, (_, i) => i & 0xff);

/** Counted pictures of 2 × 3 pixels. */
function trajectory(frames: number, kind: "rgb" | "grey" | "palette" = "palette"): Trajectory {
  const channels = kind === "rgb" ? 3 : 1;
  return {
    height: 2,
    width: 3,
    channels,
    palette: kind === "palette" ? PALETTE : null,
    frames: Uint8Array.from({ length: frames * 6 * channels }, (_, i) => i & 0xff),
    actions: Uint8Array.from({ length: frames - 1 }, (_, t) => t % 4),
    rewards: Float32Array.from({ length: frames - 1 }, (_, t) => t / 2),
    lives: Uint8Array.from({ length: frames }, (_, t) => 5 - Math.min(5, t)),
    terminated: frames > 1,
    truncated: false,
  };
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("trajectories come back from their files, one by one and joined", () =>
  inFolder(async (folder) => {
    for (const kind of ["rgb", "grey", "palette"] as const) {
      const sub = join(folder, kind), list = [trajectory(4, kind), trajectory(1, kind), trajectory(3, kind)];
      await Deno.mkdir(sub);
      for (const [i, one] of list.entries()) await writeTrajectory(sub, i, one);
      assert.deepEqual(await readTrajectory(join(sub, "episode_0000.npz")), list[0]);
      const seen: Trajectory[] = [];
      for await (const { index, count, trajectory } of readTrajectories(sub)) {
        assert.deepEqual([index, count], [seen.length, 3]);
        seen.push(trajectory);
      }
      assert.deepEqual(seen, list);
      const all = await readTrajectoryFolder(sub);
      assert.deepEqual(all, joinTrajectories(list));
      assert.deepEqual([...all.starts], [0, 4, 5, 8]);
      assert.deepEqual([...all.actions], [0, 1, 2, NO_ACTION, NO_ACTION, 0, 1, NO_ACTION]);
      assert.deepEqual([...all.rewards], [0, 0.5, 1, 0, 0, 0, 0.5, 0]);
      assert.deepEqual([...all.terminated], [0, 0, 1, 0, 0, 0, 1, 0]);
      assert.deepEqual([...all.truncated], Array(8).fill(0));
      await assert.rejects(readTrajectoryFolder(sub, { maxBytes: 24 }), /at most 24 bytes of frames up to here but/);
    }
  }));

Deno.test("what learns from pictures alone reads trajectories too, in colour", () =>
  inFolder(async (folder) => {
    await writeTrajectory(folder, 0, trajectory(2));
    const { frames, actions } = await readEpisodeFolder(folder);
    assert.deepEqual([...actions], [0, NO_ACTION]);
    assert.deepEqual([...frames.subarray(0, 6)], [0, 1, 2, 3, 4, 5], "index i is the colour 3 i, 3 i + 1, 3 i + 2");
    await Deno.remove(join(folder, "episode_0000.npz"));
    await writeTrajectory(folder, 0, trajectory(2, "grey"));
    assert.deepEqual([...(await readEpisodeFolder(folder)).frames.subarray(0, 6)], [0, 0, 0, 1, 1, 1]);
  }));

Deno.test("a trajectory is cut to its first frames", () => {
  const whole = trajectory(5), cut = cutTrajectory(whole, 3);
  assert.deepEqual([cut.frames.length, cut.lives.length, cut.actions.length, cut.rewards.length], [18, 3, 2, 2]);
  assert.deepEqual([cut.terminated, cut.truncated], [false, true]);
  assert.equal(cutTrajectory(whole, 5), whole);
  assert.throws(() => cutTrajectory(whole, 0), /at least one frame but found 0/);
});

Deno.test("what does not fit a trajectory is named", async () => {
  const good = trajectoryToArrays(trajectory(3)), { reward: _, ...noReward } = good;
  const cases: [Record<string, NpyArray>, RegExp][] = [
    [noReward, /episode_0001.npz, array reward: expected this array but found only frames, palette, action/],
    [{ ...good, action: { ...good.action, dtype: "<i8", data: BigInt64Array.of(0n, 1n) } }, /dtype \|u1 but found <i8/],
    [
      { ...good, action: { ...good.action, data: Uint8Array.of(0, 255) } },
      /values from 0 to 254 but found 255 at step 1/,
    ],
    [{ ...good, reward: { ...good.reward, data: Float32Array.of(0, NaN) } }, /finite numbers but found NaN at step 1/],
    [{ ...good, lives: good.terminated }, /array lives: expected dtype \|u1 but found \|b1/],
    [{ ...good, lives: good.action }, /array lives: expected shape \(3,\) for 3 frames but found \(2,\)/],
    [
      { ...good, terminated: { ...good.terminated, data: Uint8Array.of(1, 0) } },
      /array terminated: expected true at the last step only but found true at step 0 of 2/,
    ],
    [{ ...good, palette: good.action }, /array palette: expected \(256, 3\) of uint8 but found \(2,\) of \|u1/],
    [
      { ...trajectoryToArrays(trajectory(3, "rgb")), palette: good.palette },
      /array palette: expected frames \(T, H, W\) of indices beside it but found frames \(3, 2, 3, 3\)/,
    ],
    [
      trajectoryToArrays(trajectory(3, "grey")),
      /expected frames of 2 × 3 pixels with a palette, as in .*0000.npz, but found/,
    ],
    [
      { ...good, palette: { ...good.palette, data: PALETTE.map((byte) => byte ^ 1) } },
      /expected the same palette, as in .*0000.npz, but found another/,
    ],
  ];
  for (const [arrays, expected] of cases) {
    await inFolder(async (folder) => {
      await writeTrajectory(folder, 0, trajectory(2));
      await Deno.writeFile(join(folder, "episode_0001.npz"), writeNpz(arrays));
      await assert.rejects(readTrajectoryFolder(folder), (error: Error) => {
        assert.ok(error instanceof FormatError, String(error));
        assert.match(error.message, expected);
        return true;
      });
    });
  }
  assert.throws(() => joinTrajectories([]), /at least one trajectory/);
  assert.throws(
    () => joinTrajectories([trajectory(2), trajectory(2, "rgb")]),
    /trajectory 1: expected frames of 2 × 3/,
  );
});

Deno.test("2,000 damaged trajectory files: read, or refused with a FormatError", () => {
  const files = (["palette", "rgb"] as const).map((kind) => writeNpz(trajectoryToArrays(trajectory(6, kind))));
  let read = 0;
  fc.assert(
    fc.property(fc.constantFrom(...files), damages, (bytes, list) => {
      try {
        const arrays = readNpz(mutate(bytes, list), "episode.npz", { maxBytes: 1 << 16 });
        const { frames, actions, lives, height, width, channels } = trajectoryFromArrays(arrays, "episode.npz");
        assert.equal(frames.length, (actions.length + 1) * height * width * channels);
        assert.equal(lives.length, actions.length + 1);
        read++;
      } catch (error) {
        assert.ok(error instanceof FormatError, `expected a FormatError but found ${error}`);
      }
    }),
    { numRuns: 2000, seed: 5 },
  );
  assert.ok(read > 0 && read < 2000);
});
