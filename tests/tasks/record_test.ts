/** `deno task record` as it is typed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readEpisodeFolder } from "../../lib/data/mod.ts";
import { recordMiniGrid } from "../../lib/games/mod.ts";
import { runGroup } from "../../tasks/command_group.ts";
import { record } from "../../tasks/record.ts";
import { caught } from "./caught.ts";

const run = (...args: string[]) => caught(() => runGroup(record, args));

Deno.test("record minigrid: a folder of episodes that check accepts; it goes on where it was cut off", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const out = join(folder, "empty"),
      options = ["minigrid", "--env", "MiniGrid-Empty-6x6-v0", "--tile", "4", "--seed", "3", "-q"];
    await Deno.mkdir(out);
    await Deno.writeTextFile(join(out, ".recording.json.1-0.part"), "cut off"); // what a killed write leaves is no obstacle
    const first = await run(...options, "--episodes", "3", "--out", out);
    assert.equal(first.code, 0, first.err);
    const before = await Deno.readFile(join(out, "episode_0001.npz"));
    const more = await run(...options, "--episodes", "5", "--out", out);
    assert.equal(more.code, 0, more.err);
    assert.match(
      more.out,
      /episodes +frames +pixels[\s\S]*24 × 24[\s\S]*: 5 episodes\. Next: deno task train mini-genie --data/,
    );
    assert.deepEqual(await Deno.readFile(join(out, "episode_0001.npz")), before);
    assert.deepEqual(await readEpisodeFolder(out), recordMiniGrid({ env: "Empty-6x6", episodes: 5, seed: 3, tile: 4 }));
    const checked = await run("check", out, "-q");
    assert.equal(checked.code, 0, checked.err);
    assert.match(checked.out, /is sound/);
    const other = await run(...options, "--episodes", "5", "--out", out, "--policy", "uniform");
    assert.deepEqual([other.code, /holds another recording/.test(other.err)], [2, true]);
    const full = await run(...options, "--out", folder);
    assert.deepEqual([full.code, /is not empty \(it holds empty\)/.test(full.err)], [2, true]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("record atari: statistics at the end; check accepts the folder, and refuses it damaged", async () => {
  const folder = await Deno.makeTempDir(), out = join(folder, "swarm");
  const command = [
    "atari",
    "--game",
    "swarm",
    "--max-steps",
    "9",
    "--noops",
    "0",
    "--workers",
    "1",
    "-q",
    "--out",
    out,
  ];
  try {
    const first = await run(...command, "--frames", "15");
    assert.equal(first.code, 0, first.err);
    assert.match(
      first.out,
      /game over[\s\S]*return[\s\S]*RIGHTFIRE[\s\S]*: 15 frames in 2 episodes\. Check them: deno task/,
    );
    assert.match((await run("check", out, "-q")).out, /is sound: Swarm, played by random\./);
    const less = await run(...command, "--frames", "12");
    assert.deepEqual([less.code, /holds a longer recording, frames 15/.test(less.err)], [2, true]);
    const path = join(out, "episode_0001.npz"), bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.subarray(0, bytes.length - 9));
    const damaged = await run("check", out, "-q");
    assert.deepEqual([damaged.code, /episode_0001.npz/.test(damaged.err)], [1, true], damaged.err);
    assert.equal((await run(...command, "--frames", "15")).code, 0, "it is made again");
    assert.deepEqual(await Deno.readFile(path), bytes);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("record: what is wrong is named", async () => {
  const cases: [string[], number, RegExp][] = [
    [[], 2, /GAME is missing.*There are: minigrid, atari, check/],
    [["minigird"], 2, /unknown GAME "minigird"\. Did you mean "minigrid"/],
    [["minigrid"], 2, /--out FOLDER is missing/],
    [
      ["minigrid", "--env", "Empty-5x6", "--out", "x"],
      2,
      /unknown --env "Empty-5x6"\. Did you mean "Empty-5x5"\? There are: Empty-5x5/,
    ],
    [["minigrid", "--policy", "lazy", "--out", "x"], 2, /There are: published, intended/],
    [["atari"], 2, /--game NAME is missing\. There are: breakout, pong, space_invaders, rampart, volley, swarm/],
    [["atari", "--game", "Swarn", "--out", "x"], 2, /unknown --game "Swarn"\. Did you mean "swarm"/],
    [["atari", "--game", "swarm", "--out", "deno.json"], 2, /deno.json is not a folder/],
    [["atari", "--game", "swarm"], 2, /--out FOLDER is missing/],
    [["atari", "--game", "swarm", "--policy", "traker", "--out", "x"], 2, /Did you mean "tracker"\? There are: random/],
    [["atari", "--game", "swarm", "--preprocess", "gray", "--out", "x"], 2, /There are: none, grey, colour/],
    [["check"], 2, /FOLDER is missing/],
    [["check", "no/such/folder"], 1, /expected a folder of .npz files.* but found nothing of that name/],
  ];
  for (const [args, code, expected] of cases) {
    const result = await run(...args);
    assert.equal(result.code, code, result.err);
    assert.match(result.err, expected);
  }
});
