/** Recording Atari games: the same files whatever the number of threads and however often it was cut off. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readTrajectories, readTrajectoryFolder } from "../../../lib/data/mod.ts";
import {
  ATARI_PICTURES,
  type AtariRecordingOptions,
  atariRecordingSettings,
  checkAtariRecording,
  coloursToRgb,
  type EpisodeRow,
  readRecordingSettings,
  recordAtari,
  recordAtariEpisode,
  recordingEnv,
} from "../../../lib/games/mod.ts";
import { rgbOf } from "../../../lib/data/mod.ts";
import { Plan } from "../../../lib/games/atari/recording/plan.ts";
import { episodeSeed } from "../../../lib/games/atari/recording/settings.ts";

const SMALL: AtariRecordingOptions = {
  game: "Rampart",
  policy: "scripted",
  frames: 70,
  maxSteps: 19,
  noops: 3,
  seed: 4,
};

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** All files that a recording consists of, as text. */
async function contents(folder: string): Promise<Record<string, string>> {
  const files: [string, string][] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name === "lock" || name.startsWith(".")) continue; // of the writer, and of a write that was killed
    files.push([name, (await Deno.readFile(join(folder, name))).toHex()]);
  }
  return Object.fromEntries(files.sort());
}

const row = (
  episode: number,
  frames: number,
  terminated: boolean,
) => ({ episode, length: frames - 1, terminated } as EpisodeRow);

Deno.test("the plan: as many episodes as are needed, limits that only shrink, the last one cut off", () => {
  const plan = new Plan(100);
  assert.deepEqual([plan.begin(), plan.begin(), plan.begin()], [0, 1, 2]);
  assert.deepEqual([plan.limit(0), plan.limit(1), plan.limit(2)], [100, 99, 98]);
  plan.progress(0, 30);
  assert.deepEqual([plan.limit(1), plan.limit(2), plan.played, plan.certain], [70, 69, 32, 0]);
  plan.end(1, 60);
  assert.deepEqual([plan.limit(2), plan.last, plan.certain], [10, null, 0]);
  plan.end(0, 45);
  assert.deepEqual([plan.limit(2), plan.last, plan.certain], [-5, { episode: 1, frames: 55 }, 100]);
  plan.end(2, null);
  assert.equal(plan.begin(), null);

  const resumed = new Plan(100);
  // Episode 1 was cut off at a limit that more frames no longer hold; episode 3 ended by itself.
  const there = [row(0, 40, true), row(1, 20, false), row(3, 20, true)].map((row) => [row.episode, row] as const);
  assert.deepEqual([...resumed.adopt(new Map(there), 50).keys()], [0, 3]);
  assert.deepEqual([resumed.begin(), resumed.begin(), resumed.begin()], [1, 2, 4]);
});

Deno.test("one thread or three, cut off or not, all at once or in two parts: equal files", () =>
  inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    const one = await recordAtari(at("one"), SMALL, { workers: 1 });
    const wanted = await contents(at("one"));
    assert.deepEqual(Object.keys(wanted), [
      ...[0, 1, 2, 3].map((i) => `episode_000${i}.npz`),
      "episodes.jsonl",
      "recording.json",
    ]);
    assert.deepEqual([one.complete, one.frames, one.rows.map(({ length }) => length)], [true, 70, [19, 19, 19, 9]]);
    await recordAtari(at("three"), SMALL, { workers: 3 });
    assert.deepEqual(await contents(at("three")), wanted);

    // Stopped after the first frames, then continued; a line of the statistics is torn, a file is lost.
    const stop = new AbortController();
    const onProgress = (frames: number) => frames > 25 && stop.abort();
    const part = await recordAtari(at("parts"), SMALL, { workers: 2, signal: stop.signal, onProgress });
    assert.equal(part.complete, false);
    await Deno.writeTextFile(join(at("parts"), "episodes.jsonl"), '{"episode":9,"le', { append: true });
    await Deno.remove(join(at("parts"), "episode_0000.npz")).catch(() => {});
    await recordAtari(at("parts"), SMALL, { workers: 1 });
    assert.deepEqual(await contents(at("parts")), wanted);

    // Fewer frames first, then more.
    await recordAtari(at("grown"), { ...SMALL, frames: 30 }, { workers: 1 });
    assert.equal((await readTrajectoryFolder(at("grown"))).lives.length, 30);
    await recordAtari(at("grown"), SMALL, { workers: 1 });
    assert.deepEqual(await contents(at("grown")), wanted);
    await assert.rejects(recordAtari(at("grown"), { ...SMALL, frames: 30 }), /holds a longer recording, frames 70/);
    await assert.rejects(recordAtari(at("grown"), { ...SMALL, seed: 5 }), /another recording with another seed/);
  }));

Deno.test("kill -9 in the middle: the same command goes on", () =>
  inFolder(async (folder) => {
    const options: AtariRecordingOptions = { ...SMALL, frames: 120 }, out = join(folder, "killed");
    const flags = ["--game", "rampart", "--policy", "scripted", "--frames", "120", "--max-steps", "19", "--noops", "3"];
    const args = ["run", "-A", "--no-check", "tasks/record.ts", "atari", ...flags, "--seed", "4", "--workers", "2"];
    const child = new Deno.Command(Deno.execPath(), { args: [...args, "--out", out, "-q"], stdout: "null" }).spawn();
    let ended = false;
    const status = child.status.finally(() => ended = true);
    while (!ended && !await Deno.stat(join(out, "episode_0001.npz")).catch(() => null)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill("SIGKILL");
    assert.equal((await status).signal, "SIGKILL");
    assert.equal(
      await Deno.stat(join(out, "episode_0005.npz")).catch(() => null),
      null,
      "killed too late to prove anything",
    );
    const { complete } = await recordAtari(out, options, { workers: 2 });
    assert.equal(complete, true);
    await recordAtari(join(folder, "whole"), options, { workers: 2 });
    assert.deepEqual(await contents(out), await contents(join(folder, "whole")));
  }));

Deno.test("what is stored is what the game did, for every kind of pictures", () => {
  for (const preprocess of ATARI_PICTURES) {
    const settings = atariRecordingSettings({ ...SMALL, game: "Volley", policy: "tracker", preprocess, sticky: 0.25 });
    const env = recordingEnv(settings), kept = recordAtariEpisode(settings, 7, env)!;
    const { height, width, channels, frames, actions, rewards, lives } = kept, size = height * width * channels;
    assert.deepEqual(
      [height, width, channels, kept.palette !== null],
      { none: [210, 160, 1, true], grey: [84, 84, 1, false], colour: [84, 64, 3, false] }[preprocess],
    );
    const again = recordingEnv(settings);
    assert.deepEqual(frames.subarray(0, size), again.reset(episodeSeed(settings, 7)).observation);
    actions.forEach((action, t) => {
      const { observation, reward } = again.step(action);
      assert.deepEqual([reward, again.env.lives], [rewards[t], lives[t + 1]]);
      assert.deepEqual(frames.subarray((t + 1) * size, (t + 2) * size), observation);
    });
    if (preprocess === "none") {
      assert.deepEqual(rgbOf(kept).subarray(-3 * size), coloursToRgb(again.env.screen()));
    }
    assert.ok(new Set(actions).size > 1);
    assert.deepEqual(recordAtariEpisode(settings, 7, env), kept, "what was played before does not matter");
    assert.notDeepEqual(recordAtariEpisode(settings, 8, env)!.frames, frames);
    assert.equal(recordAtariEpisode(settings, 7, env, { limit: () => 0 }), null);
  }
});

Deno.test("check: rows and files agree, or the file that does not is named", () =>
  inFolder(async (folder) => {
    const out = join(folder, "r");
    await recordAtari(out, { ...SMALL, frames: 45 }, { workers: 1 });
    const settings = (await readRecordingSettings(out))!;
    const { rows, complete } = await checkAtariRecording(out, settings);
    assert.deepEqual([rows.length, complete, rows[0].length], [3, true, 19]);
    assert.equal(Object.values(rows[0].actions).reduce((a, b) => a + b), 19);
    for await (const { index, trajectory } of readTrajectories(out)) {
      assert.equal(trajectory.rewards.reduce((a, b) => a + b, 0), rows[index].return);
    }
    await Deno.copyFile(join(out, "episode_0000.npz"), join(out, "episode_0001.npz"));
    await assert.rejects(
      checkAtariRecording(out, settings),
      /episode_0001.npz: expected \w+ .* as in episodes.jsonl but/,
    );
    await Deno.remove(join(out, "episode_0001.npz"));
    await assert.rejects(checkAtariRecording(out, settings), /expected episode_0001.npz, which episodes.jsonl names/);
    await Deno.writeTextFile(join(out, "recording.json"), '{"kind":"atari","game":"Tennis"}');
    await assert.rejects(readRecordingSettings(out), /recording.json: expected game, one of .* but found "Tennis"/);
  }));

Deno.test("options that cannot be are refused with what may be", () => {
  const cases: [Partial<AtariRecordingOptions>, RegExp][] = [
    [{ game: "Tennis" }, /unknown Atari game "Tennis"/],
    [{ policy: "lazy" }, /unknown player "lazy" of Rampart. There are: random, idle, scripted, tracker, loser, human/],
    [{ frames: 0 }, /frames: expected an integer from 1/],
    [{ sticky: 1.5 }, /sticky: expected a number from 0 to 1 but found 1.5/],
    [{ maxSteps: 30_000 }, /maxSteps: expected an integer from 1 to 27000/],
  ];
  for (const [options, expected] of cases) {
    assert.throws(() => atariRecordingSettings({ ...SMALL, ...options }), expected);
  }
});
