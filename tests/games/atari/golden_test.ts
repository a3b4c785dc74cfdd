/**
 * The `ale` section of the golden file. What needs no cartridge is always tested; the scripted episodes run where the user's cartridges are
 * (`deno task roms --import`), and are skipped by name elsewhere.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  ATARI_GAMES,
  AtariEnv,
  type AtariOptions,
  AtariPreprocessing,
  FrameStack,
  type GameDefinition,
  type GameStatus,
  listRoms,
} from "../../../lib/games/mod.ts";
import { STICK_GAME } from "./fixtures.ts";

interface Snapshot {
  t: number;
  ram_md5: string;
  screen_md5: string;
  obs_sum_u8: number[];
  newest_md5: string;
  lives: number;
  frame: number;
}
interface Trace {
  ram_after_reset: number[];
  first_20_actions: number[];
  rewards: [number, number][];
  lives: [number, number][];
  end: [number, boolean, boolean] | null;
  snapshots: Snapshot[];
}
interface Golden extends Trace {
  nA: number;
  meanings: string[];
  obs_shape: number[];
}

const read = (path: string) => JSON.parse(Deno.readTextFileSync(new URL(path, import.meta.url)));
const { ale } = read("../../golden/2-macros.json") as {
  ale: { seed: number; hold: number; games: Record<string, Golden> };
};
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

/** The wrapper of spec 2 §2.1: no sticking, no idle beginning, four grey pictures of 84 × 84. */
function wrapped(game: string | GameDefinition, options: AtariOptions = {}) {
  const env = new AtariEnv(game, { frameSkip: 1, repeatActionProbability: 0, observation: "ram", ...options });
  return { env, stack: new FrameStack(new AtariPreprocessing(env, { noopMax: 0, newAxis: true }), 4) };
}

/** The golden file's script: every `hold` steps another number of a congruential generator. */
function* script(actions: number): Generator<number> {
  for (let state = ale.seed;;) {
    state = Number((1664525n * BigInt(state) + 1013904223n) % 2n ** 32n);
    for (let i = 0; i < ale.hold; i++) yield Math.floor(state / 65536) % actions;
  }
}

/** Plays the script and writes down what the golden file holds. */
function play(game: string | GameDefinition, at: readonly number[], steps: number): Trace {
  const { env, stack } = wrapped(game), actions = script(env.actionCount);
  let { observation, info } = stack.reset(0);
  const trace: Trace = {
    ram_after_reset: [...env.ram()],
    first_20_actions: [],
    rewards: [],
    lives: [[0, env.lives]],
    end: null,
    snapshots: [],
  };
  for (let t = 0;; t++) {
    if (at.includes(t)) {
      const frames = Array.from({ length: 4 }, (_, i) => observation.subarray(i * 7056, (i + 1) * 7056));
      trace.snapshots.push({
        t,
        ram_md5: md5(env.ram()),
        screen_md5: md5(env.screen()),
        obs_sum_u8: frames.map((frame) => frame.reduce((a, b) => a + b, 0)),
        newest_md5: md5(frames[3]),
        lives: env.lives,
        frame: info.episodeFrameNumber as number,
      });
    }
    if (t === steps || trace.end !== null) return trace;
    const action = actions.next().value as number, step = stack.step(action);
    ({ observation, info } = step);
    if (t < 20) trace.first_20_actions.push(action);
    if (step.reward !== 0) trace.rewards.push([t, step.reward]);
    if (env.lives !== trace.lives.at(-1)![1]) trace.lives.push([t, env.lives]);
    if (step.terminated || step.truncated) trace.end = [t, step.terminated, step.truncated];
  }
}

for (const game of ATARI_GAMES.filter(({ rom }) => "md5" in rom)) {
  const golden = ale.games[game.name];

  Deno.test(`${game.name}: actions, shapes and the memory after a reset are the golden file's`, () => {
    const rom = new Uint8Array(2048), { env, stack } = wrapped(game, { rom });
    assert.deepEqual([env.actionCount, env.actionNames, stack.observationShape], [
      golden.nA,
      golden.meanings,
      golden.obs_shape,
    ]);
    const actions = script(golden.nA);
    assert.deepEqual(golden.first_20_actions.map(() => actions.next().value), golden.first_20_actions);
    const status = game.status(Uint8Array.from(golden.ram_after_reset), game.initial);
    const expected: GameStatus = { score: 0, reward: 0, lives: golden.lives[0][1], terminal: false, started: true };
    assert.deepEqual(status, expected);
  });

  const present = listRoms().some((entry) => entry.game === game && entry.path !== null);
  Deno.test({
    name: `${game.name}: the golden file's episode, byte for byte` +
      (present ? "" : " (skipped: its cartridge is not on this machine)"),
    ignore: !present,
    fn() {
      const { nA: _, meanings: __, obs_shape: ___, ...expected } = golden;
      const found = play(game.name, golden.snapshots.map(({ t }) => t), 300);
      for (const key of Object.keys(found) as (keyof Trace)[]) {
        assert.deepEqual(found[key], expected[key], `${game.name}, ${key}`);
      }
    },
  });
}

Deno.test("the same script on the tests' own cartridge gives the trace that was stored", () => {
  const stored = read("./fixtures/stick_trace.json") as Trace;
  assert.deepEqual(play(STICK_GAME, stored.snapshots.map(({ t }) => t), 100), stored);
});

const ram = (bytes: Record<number, number>) => Uint8Array.from({ length: 128 }, (_, i) => bytes[i] ?? 0);
const named = (name: string) => ATARI_GAMES.find((game) => game.name === name)!;

Deno.test("Breakout: digits of the score, the end only after it has begun", () => {
  const game = named("Breakout");
  const idle = game.status(ram({}), game.initial);
  assert.deepEqual(
    [idle.terminal, idle.started],
    [false, false],
    "no lives before the first frame of a game is no end",
  );
  const begun = game.status(ram({ 57: 5 }), idle), scored = game.status(ram({ 57: 5, 76: 0xf2, 77: 0x47 }), begun);
  assert.deepEqual([scored.score, scored.reward, scored.lives], [247, 247, 5]);
  const over = game.status(ram({ 76: 2, 77: 0x54 }), scored);
  assert.deepEqual([over.reward, over.lives, over.terminal], [7, 0, true]);
});

Deno.test("Pong: the difference of points, over at 21 for either side", () => {
  const game = named("Pong");
  const behind = game.status(ram({ 13: 3, 14: 1 }), game.initial);
  assert.deepEqual([behind.score, behind.reward, behind.lives, behind.terminal], [-2, -2, 0, false]);
  assert.deepEqual(game.status(ram({ 13: 3, 14: 2 }), behind).reward, 1);
  assert.ok(game.status(ram({ 13: 21 }), behind).terminal && game.status(ram({ 14: 21 }), behind).terminal);
});

Deno.test("Space Invaders: four digits that wrap, over without lives or when they have landed", () => {
  const game = named("SpaceInvaders");
  const high = game.status(ram({ 73: 3, 102: 0x99, 104: 0x85 }), game.initial);
  assert.deepEqual([high.score, high.reward], [9985, 9985]);
  const wrapped = game.status(ram({ 73: 2, 102: 0, 104: 0x05 }), high);
  assert.deepEqual([wrapped.reward, wrapped.lives, wrapped.terminal], [20, 2, false]);
  assert.deepEqual([game.status(ram({ 73: 0 }), high).terminal, game.status(ram({ 73: 1, 24: 0x80 }), high).terminal], [
    true,
    true,
  ]);
});
