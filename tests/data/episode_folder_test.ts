/** Folders of episodes from anywhere: read whole, or refused with the file, the array and what to do. */
import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import {
  episodeAt,
  episodeFile,
  FormatError,
  frameEpisodeFromArrays,
  frameEpisodeToArrays,
  joinEpisodes,
  type NpyArray,
  readEpisodeFolder,
  readNpz,
  writeEpisode,
  writeNpz,
} from "../../lib/data/mod.ts";
import { damages, mutate } from "./mutate.ts";

function episode(frames: number, height = 2, width = 3) {
  const size = height * width * 3;
  return {
    height,
    width,
    frames: Uint8Array.from({ length: frames * size }, (_, i) => (i * 7) % 256),
    actions: Uint8Array.from({ length: frames - 1 }, (_, i) => i % 7),
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

Deno.test("what is written is read again, episodes of any length in the order of their names", () =>
  inFolder(async (folder) => {
    const list = [episode(4), episode(1), episode(9)];
    for (const [i, one] of list.entries()) await writeEpisode(folder, i, one);
    await Deno.writeTextFile(join(folder, "notes.txt"), "not an episode");
    const read = await readEpisodeFolder(folder);
    assert.deepEqual(read, joinEpisodes(list));
    assert.deepEqual(list.map((_, i) => episodeAt(read, i)), list);
    assert.deepEqual([...read.starts], [0, 4, 5, 14]);
    assert.equal(episodeFile(12), "episode_0012.npz");
  }));

Deno.test("numbers in names count as numbers; links are followed, and one that leads nowhere is named", () =>
  inFolder(async (folder) => {
    for (const index of [9999, 10000, 1]) {
      await writeEpisode(folder, index, { ...episode(2), actions: Uint8Array.of(index % 7) });
    }
    await Deno.mkdir(join(folder, "folder.npz"));
    const elsewhere = join(folder, "folder.npz");
    await writeEpisode(elsewhere, 5, { ...episode(2), actions: Uint8Array.of(6) });
    await Deno.symlink(join(elsewhere, episodeFile(5)), join(folder, episodeFile(2)));
    const { actions } = await readEpisodeFolder(folder);
    assert.deepEqual([...actions].filter((_, f) => f % 2 === 0), [1, 6, 9999 % 7, 10000 % 7]);
    await Deno.remove(join(elsewhere, episodeFile(5)));
    await assert.rejects(
      readEpisodeFolder(folder),
      /episode_0002.npz: expected a file that can be read but found a link that leads nowhere/,
    );
  }));

Deno.test("actions of any integer type, under either name, beside other keys", () => {
  const { frames, action } = frameEpisodeToArrays(episode(3));
  const variants: Record<string, NpyArray>[] = [
    { frames, action: { dtype: "<i4", shape: [2], data: Int32Array.of(0, 1) } },
    { frames, actions: { dtype: "|u1", shape: [2], data: Uint8Array.of(0, 1) }, rewards: action },
    { action: { dtype: "<i8", shape: [2], data: BigInt64Array.of(0n, 1n) }, frames },
  ];
  for (const arrays of variants) assert.deepEqual([...frameEpisodeFromArrays(arrays, "x.npz").actions], [0, 1]);
});

Deno.test("what does not fit is named: file, array, expected, found, what to do", async () => {
  const good = frameEpisodeToArrays(episode(3)), { frames, action } = good;
  const cases: [Record<string, NpyArray>, RegExp][] = [
    [{ frames }, /episode_0001.npz, array action: expected this array but found only frames\. The file needs/],
    [{ action }, /array frames: expected this array but found only action/],
    [{}, /but found only an empty file/],
    [
      { ...good, frames: { ...frames, dtype: "|i1", data: new Int8Array(54) } },
      /array frames: expected dtype \|u1 \(uint8\) but found \|i1/,
    ],
    [
      { ...good, action: { dtype: "<f4", shape: [2], data: new Float32Array(2) } },
      /array action: expected an integer dtype but found <f4/,
    ],
    [
      { ...good, frames: { ...frames, shape: [3, 18] } },
      /expected shape \(T, H, W\) or \(T, H, W, 3\) but found \(3, 18\)/,
    ],
    [
      { ...good, frames: { ...frames, shape: [3, 3, 3, 2] } },
      /expected shape \(T, H, W\) or \(T, H, W, 3\) but found \(3, 3, 3, 2\)/,
    ],
    [
      { ...good, action: { dtype: "|u1", shape: [3], data: new Uint8Array(3) } },
      /array action: expected shape \(2,\) for 3 frames but found \(3,\)/,
    ],
    [
      { ...good, action: { dtype: "<i8", shape: [2], data: BigInt64Array.of(0n, -1n) } },
      /values from 0 to 254 but found -1 at step 1/,
    ],
    [{ ...good, action: { dtype: "<i8", shape: [2], data: BigInt64Array.of(0n, 255n) } }, /but found 255 at step 1/],
    [
      frameEpisodeToArrays(episode(3, 2, 4)),
      /expected frames of 2 × 3 pixels as in .*episode_0000.npz but found 2 × 4/,
    ],
  ];
  for (const [arrays, expected] of cases) {
    await inFolder(async (folder) => {
      await writeEpisode(folder, 0, episode(2));
      await Deno.writeFile(join(folder, "episode_0001.npz"), writeNpz(arrays));
      await assert.rejects(readEpisodeFolder(folder), (error: Error) => {
        assert.ok(error instanceof FormatError);
        assert.match(error.message, expected);
        return true;
      });
    });
  }
});

Deno.test("no folder, a file, an empty folder, a truncated archive, too much", () =>
  inFolder(async (folder) => {
    await assert.rejects(
      readEpisodeFolder(join(folder, "none")),
      /expected a folder of .npz files.* but found nothing of that name/,
    );
    await assert.rejects(readEpisodeFolder(folder), /but found no .npz file in it\. Record one with deno task record/);
    const path = await writeEpisode(folder, 0, episode(5));
    await assert.rejects(readEpisodeFolder(path), /but found a file/);
    await assert.rejects(readEpisodeFolder(folder, { maxBytes: 50 }), /expected at most 50 bytes unpacked/);
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.subarray(0, bytes.length - 30));
    await assert.rejects(readEpisodeFolder(folder), FormatError);
  }));

Deno.test("3,000 damaged episode files: read, or refused with a FormatError", () => {
  const whole = writeNpz(frameEpisodeToArrays(episode(6))),
    packed = writeNpz(frameEpisodeToArrays(episode(6)), { compress: true });
  let read = 0;
  fc.assert(
    fc.property(fc.constantFrom(whole, packed), damages, (bytes, list) => {
      try {
        const { frames, actions, height, width } = frameEpisodeFromArrays(
          readNpz(mutate(bytes, list), "episode.npz", { maxBytes: 1 << 16 }),
          "episode.npz",
        );
        assert.equal(frames.length, (actions.length + 1) * height * width * 3);
        read++;
      } catch (error) {
        assert.ok(error instanceof FormatError, `expected a FormatError but found ${error}`);
        assert.ok(error.where.startsWith("episode.npz") && error.expected && error.found && error.advice);
      }
    }),
    { numRuns: 3000, seed: 9 },
  );
  assert.ok(read > 0 && read < 3000);
});

Deno.test("episodes of different frame sizes cannot be joined", () => {
  assert.throws(() => joinEpisodes([episode(2), episode(2, 3, 3)]), /frames of 2 × 3 but found 3 × 3 in episode 1/);
  assert.throws(() => joinEpisodes([]), /at least one episode but found none/);
});
