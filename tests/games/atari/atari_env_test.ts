/** `AtariEnv` and what is wrapped around it, on the tests' own cartridge. */
import assert from "node:assert/strict";
import {
  AreaResize,
  AtariAction as A,
  AtariEnv,
  type AtariOptions,
  AtariPreprocessing,
  checkEnvironment,
  ColourPreprocessing,
  coloursToGrey,
  coloursToRgb,
  type Console,
  type Environment,
  FrameStack,
  Game2048,
  resizeTo84x64,
  scaleObservation,
  StellaConsole,
  type StellaState,
  type Switches,
} from "../../../lib/games/mod.ts";
import { GameSession, PADDLE } from "../../../lib/games/atari/game_session.ts";
import { AT, STICK, STICK_GAME } from "./fixtures.ts";

const FIRE = 1, UP = 2, RIGHT = 3, LEFT = 4;
const stick = (options: AtariOptions = {}) =>
  new AtariEnv(STICK_GAME, { repeatActionProbability: 0, observation: "ram", ...options });
const single = (options: AtariOptions = {}) => stick({ frameSkip: 1, ...options });

Deno.test("the environment and its wrappers keep the promises of the interface", () => {
  // Clones share the end of the reset sequence, which saves its frames.
  const makers: [Environment, number][] = [
    [stick({ repeatActionProbability: 0.25, maxFrames: 90, mode: 2, difficulty: 1 }), 2],
    [stick({ observation: "grayscale", maxFrames: 24, fullActionSpace: true }), 1],
    [new FrameStack(new AtariPreprocessing(single({ maxFrames: 60 }), { newAxis: true, noopMax: 9 }), 4), 1],
    [new ColourPreprocessing(single({ maxFrames: 50 }), { noopMax: 9 }), 1],
  ];
  for (const [env, episodes] of makers) {
    const { steps, ended } = checkEnvironment(() => env.clone(), { episodes, maxSteps: 40 });
    assert.ok(steps >= 5 && ended === episodes);
  }
  const { ended } = checkEnvironment(() => new FrameStack(new Game2048(), 3), { episodes: 1 });
  assert.equal(ended, 1, "a stack wraps any game");
});

Deno.test("observations: memory, colours, red green blue, grey, all of the same moment", () => {
  const env = single();
  env.reset(0);
  const { observation } = env.step(RIGHT);
  assert.deepEqual([env.observationShape, observation.length], [[128], 128]);
  assert.deepEqual(observation, env.ram());
  for (
    const [kind, shape, picture] of [
      ["colours", [210, 160], env.screen()],
      ["rgb", [210, 160, 3], coloursToRgb(env.screen())],
      ["grayscale", [210, 160], coloursToGrey(env.screen())],
    ] as const
  ) {
    const other = single({ observation: kind });
    other.reset(0);
    assert.deepEqual([other.observationShape, other.step(RIGHT).observation], [shape, picture]);
  }
});

Deno.test("a step is four frames, reward is the score's difference, info counts", () => {
  const env = stick();
  assert.deepEqual(env.reset(0).info, { lives: 3, episodeFrameNumber: 0, frameNumber: 0 });
  const x = env.ram()[AT.x];
  const moved = env.step(RIGHT);
  assert.equal(env.ram()[AT.x], x + 4);
  assert.deepEqual([moved.reward, moved.info], [0, { lives: 3, episodeFrameNumber: 4, frameNumber: 4 }]);
  assert.equal(env.step(FIRE).reward, 1, "the button is pressed once");
  assert.equal(env.step(FIRE).reward, 0, "it was held");
  env.step(0);
  assert.equal(env.step(FIRE).reward, 1);
  assert.equal(env.score, 2);
  assert.deepEqual(
    env.reset().info,
    { lives: 3, episodeFrameNumber: 0, frameNumber: 20 },
    "without a seed frames go on",
  );
  assert.equal(env.reset(1).info.frameNumber, 0);
});

Deno.test("a life and the game end; frames after the end are not emulated", () => {
  const env = stick(), frame = single();
  env.reset(0);
  frame.reset(0);
  let frames = 0, over = false;
  const lives: number[] = [];
  while (!over) {
    ({ terminated: over } = frame.step(UP));
    frames++;
    if (lives.at(-1) !== frame.lives) lives.push(frame.lives);
  }
  assert.deepEqual(lives, [3, 2, 1, 0]);
  assert.notEqual(frames % 4, 0);
  for (let step = 1; step <= Math.ceil(frames / 4); step++) {
    const { terminated, truncated, info } = env.step(UP);
    assert.deepEqual([terminated, truncated], [step === Math.ceil(frames / 4), false]);
    if (terminated) assert.equal(info.episodeFrameNumber, frames, "the rest of the last step is left out");
  }
  assert.throws(() => env.step(0), /ALE\/Stick-v5: the episode is over; call reset\(seed\)/);
  assert.deepEqual(env.legalActions(), []);
});

Deno.test("an episode is truncated after 108,000 frames, in the middle of a step if need be", () => {
  const env = stick();
  env.reset(0);
  env.restore({ ...env.snapshot(), episodeFrames: 107_994 });
  assert.deepEqual([env.step(0).truncated, env.legalActions().length], [false, 5]);
  const { truncated, terminated, info } = env.step(0);
  assert.deepEqual([truncated, terminated, info.episodeFrameNumber], [true, false, 108_000]);
  assert.throws(() => env.step(0), /is over/);
});

Deno.test("actions stick per emulated frame, with their probability, and over steps", () => {
  const always = stick({ repeatActionProbability: 1 });
  always.reset(0);
  const x = always.ram()[AT.x];
  for (let i = 0; i < 5; i++) always.step(RIGHT);
  assert.equal(always.ram()[AT.x], x, "the NOOP of the reset sticks for ever");

  // Alternating RIGHT and LEFT frame by frame, a stuck frame goes the other way than asked.
  const env = single({ repeatActionProbability: 0.25 });
  env.reset(3);
  let stuck = 0, before = env.ram()[AT.x];
  const frames = 600;
  for (let i = 0; i < frames; i++) {
    env.step(i % 2 === 0 ? RIGHT : LEFT);
    const moved = (env.ram()[AT.x] - before) << 24 >> 24;
    before = env.ram()[AT.x];
    if (i > 0 && moved !== (i % 2 === 0 ? 1 : -1)) stuck++;
  }
  // A frame goes wrong if the action before sticks and was another one, which it was unless that frame had gone wrong: w = 0.25 · (1 − w).
  assert.ok(Math.abs(stuck / frames - 0.2) < 0.05, `${stuck} of ${frames}`);
});

Deno.test("the same seed gives the same episode, another seed another one", () => {
  const play = (seed: number) => {
    const env = stick({ repeatActionProbability: 0.5 });
    env.reset(seed);
    return Array.from({ length: 30 }, (_, i) => env.step(1 + i % 4).observation.join()).join("\n");
  };
  assert.equal(play(1), play(1));
  assert.notEqual(play(1), play(2));
});

/** A console that writes down which switches were held and what was plugged, frame by frame. */
class Recorder extends StellaConsole {
  readonly frames: string[] = [];
  #held: Switches = {};
  override switches(held: Switches) {
    super.switches(this.#held = held);
  }
  override frame() {
    const { reset, select, leftDifficultyA: a, rightDifficultyA: b } = this.#held;
    this.frames.push(`${reset ? "R" : select ? "S" : "."}${Number(a)}${Number(b)}`);
    super.frame();
  }
}

Deno.test("the reset sequence: 60 frames, RESET for 4, the mode by SELECT, RESET for 4 and 4, starting actions", () => {
  const run = (mode: number, difficulty: number, startingActions: number[] = []) => {
    const console = new Recorder();
    console.load(STICK);
    const session = new GameSession({ ...STICK_GAME, startingActions }, console, mode, difficulty);
    session.reset();
    assert.equal(console.ram[AT.mode], mode);
    return console.frames.join("").replace(/((?:[RS.]\d\d))\1*/g, (all, one) => `${one}×${all.length / 3} `).trim();
  };
  assert.equal(run(0, 0), ".00×60 R00×12");
  assert.equal(run(0, 1, [A.FIRE, A.NOOP]), ".10×60 R10×12 .10×2");
  assert.equal(run(2, 2), ".01×60 R01×4 S01×1 .01×1 S01×1 .01×1 R01×8");
  const stuck = { ...STICK_GAME, select: { address: 100, frames: 2 } }, console = new StellaConsole();
  console.load(STICK);
  assert.throws(
    () => new GameSession(stuck, console, 1, 0).reset(),
    /Stick: expected to reach mode 1 but RAM byte 100 is 0 after 256 presses/,
  );
});

Deno.test("a start that was kept is the start that was played", () => {
  const kept = single(), fresh = single();
  kept.reset(0);
  for (let i = 0; i < 20; i++) kept.step(RIGHT);
  assert.deepEqual(kept.reset(0).observation, fresh.reset(0).observation);
  assert.deepEqual(kept.screen(), fresh.screen());
  for (let i = 0; i < 10; i++) assert.deepEqual(kept.step(UP), fresh.step(UP));
});

Deno.test("paddles: RIGHT lowers and LEFT raises the resistance within its limits, FIRE presses, swapped paddles swap", () => {
  const lines = (resistance: number) => Math.floor(1.6 * resistance * 1e-8 * 1.19e6) / 76 - 1.5;
  for (const controller of ["paddles", "swapped paddles"] as const) {
    const console: Console<StellaState> = new StellaConsole();
    console.load(STICK, { paddles: true });
    const session = new GameSession({ ...STICK_GAME, controller }, console, 0, 0);
    session.reset();
    const [own, other] = controller === "paddles" ? [AT.pot0, AT.pot1] : [AT.pot1, AT.pot0];
    const near = (r: number) =>
      assert.ok(Math.abs(console.ram[own] - Math.min(191, lines(r))) <= 1, `${r}: ${console.ram[own]}`);
    const hold = (action: number, frames: number) => {
      for (let i = 0; i < frames; i++) session.frame(action);
    };
    hold(A.NOOP, 2);
    near(PADDLE.middle);
    hold(A.UPRIGHT, 5);
    hold(A.NOOP, 2);
    near(PADDLE.middle - 5 * PADDLE.step);
    hold(A.RIGHT, 40);
    near(PADDLE.least);
    hold(A.LEFTFIRE, 3);
    hold(A.NOOP, 2);
    near(PADDLE.least + 3 * PADDLE.step);
    hold(A.LEFT, 40);
    near(PADDLE.most);
    assert.ok(Math.abs(console.ram[other] - lines(PADDLE.middle)) <= 1, "the other player's stands still");
    // The button of paddle 0 is the joystick's right line, that of paddle 1 its left one; the program moves by them.
    const x = console.ram[AT.x];
    hold(A.FIRE, 3);
    hold(A.NOOP, 1);
    assert.equal((console.ram[AT.x] - x) << 24 >> 24, controller === "paddles" ? 3 : -3);
  }
});

/** Spec 2 §2.2 word by word, on a game that plays single frames. */
function stepByTheBook(env: AtariEnv, buffers: Uint8Array[], action: number, lives: { now: number } | null) {
  let reward = 0, terminated = false, truncated = false;
  for (let t = 0; t < 4; t++) {
    const step = env.step(action);
    reward += step.reward;
    [terminated, truncated] = [step.terminated, step.truncated];
    if (lives !== null) {
      if (env.lives < lives.now) terminated = true;
      lives.now = env.lives;
    }
    if (terminated || truncated) break;
    if (t === 2) buffers[1] = coloursToGrey(env.screen());
    if (t === 3) buffers[0] = coloursToGrey(env.screen());
  }
  for (let i = 0; i < buffers[0].length; i++) if (buffers[1][i] > buffers[0][i]) buffers[0][i] = buffers[1][i];
  return { observation: new AreaResize([210, 160], [84, 84]).apply(buffers[0]), reward, terminated, truncated };
}

Deno.test("preprocessing: every step is what the specification says, also where an episode ends early", () => {
  for (const terminalOnLifeLoss of [false, true]) {
    const env = new AtariPreprocessing(single(), { noopMax: 0, terminalOnLifeLoss }), book = single();
    const first = env.reset(0).observation;
    book.reset(0);
    const buffers = [coloursToGrey(book.screen()), new Uint8Array(210 * 160)];
    assert.deepEqual(first, new AreaResize([210, 160], [84, 84]).apply(buffers[0]));
    const lives = terminalOnLifeLoss ? { now: book.lives } : null;
    for (let step = 0, over = false; !over; step++) {
      const action = step % 6 === 5 ? FIRE : step % 5 === 4 ? RIGHT : UP;
      const expected = stepByTheBook(book, buffers, action, lives), { info, ...found } = env.step(action);
      assert.deepEqual(found, expected, `step ${step}`);
      assert.equal(info.lives, book.lives);
      over = expected.terminated;
    }
    assert.equal(env.env.lives, terminalOnLifeLoss ? 2 : 0);
    assert.throws(() => env.step(0), /is over/);
  }
});

Deno.test("preprocessing: idle beginnings, shapes, colour, one frame per step, scaling", () => {
  const frames = new Set<unknown>();
  for (let seed = 0; seed < 12; seed++) {
    const env = new AtariPreprocessing(single(), { noopMax: 5 });
    const { info } = env.reset(seed);
    frames.add(info.episodeFrameNumber);
    if (seed === 0) assert.deepEqual(env.reset(0).info, info);
  }
  assert.deepEqual([...frames].sort(), [1, 2, 3, 4, 5]);
  const colour = new AtariPreprocessing(single(), { grayscale: false, frameSkip: 1, noopMax: 0, screenSize: 64 });
  colour.reset(0);
  assert.deepEqual(colour.observationShape, [64, 64, 3]);
  const { observation } = colour.step(RIGHT);
  assert.deepEqual(observation, new AreaResize([210, 160], [64, 64], 3).apply(coloursToRgb(colour.env.screen())));
  assert.deepEqual(new AtariPreprocessing(single(), { newAxis: true }).observationShape, [84, 84, 1]);
  assert.deepEqual([...scaleObservation(Uint8Array.of(0, 1, 255))], [0, Math.fround(1 / 255), 1]);
});

Deno.test("frame stack: oldest first, filled with the first observation", () => {
  const plain = stick(), stack = new FrameStack(stick(), 3);
  const seen = Array(3).fill(plain.reset(0).observation), shown = stack.reset(0).observation;
  assert.deepEqual(stack.observationShape, [3, 128]);
  assert.deepEqual(shown, Uint8Array.from(seen.flatMap((frame) => [...frame])));
  for (let i = 0; i < 5; i++) {
    seen.push(plain.step(RIGHT).observation);
    assert.deepEqual(stack.step(RIGHT).observation, Uint8Array.from(seen.slice(-3).flatMap((frame) => [...frame])));
  }
  assert.throws(() => new FrameStack(stick(), 0), /expected 1 to 1000 observations but found 0/);
});

Deno.test("colour preprocessing: idle frames, FIRE, one frame first, then the brighter of two", () => {
  const env = new ColourPreprocessing(single(), { noopMax: 3 }), book = single();
  const { observation, info } = env.reset(5);
  book.reset(5);
  const idle = Number(info.episodeFrameNumber) - 1;
  assert.ok(idle >= 1 && idle <= 3);
  for (let i = 0; i < idle; i++) book.step(0);
  book.step(FIRE);
  assert.deepEqual(observation, resizeTo84x64(coloursToRgb(book.screen())));
  assert.equal(env.env.score, 1, "FIRE was pressed");
  let before = book.screen(), over = false;
  for (let step = 0; !over; step++) {
    const found = env.step(UP);
    let last = before, played = 0;
    for (; played < 4 && !over; played++) {
      over = book.step(UP).terminated;
      [before, last] = [last, book.screen()];
    }
    const newest = coloursToRgb(last), other = coloursToRgb(played > 1 ? before : last);
    assert.deepEqual(found.observation, resizeTo84x64(newest.map((v, i) => Math.max(v, other[i]))), `step ${step}`);
    assert.equal(found.terminated, over);
    before = last;
  }
});

Deno.test("colour averaging shows a glow where something moved, and nothing else", () => {
  const plain = single({ observation: "colours" }), glowing = single({ observation: "colours", colourAveraging: true });
  plain.reset(0);
  glowing.reset(0);
  plain.step(RIGHT);
  glowing.step(RIGHT);
  const [a, b] = [plain.step(RIGHT).observation, glowing.step(RIGHT).observation];
  // The square went one pixel to the right: its left column still glows.
  const changed = [...a.keys()].filter((i) => a[i] !== b[i]), [column] = changed;
  assert.equal(changed.length, 8);
  changed.forEach((at, row) => assert.deepEqual([at, a[at], b[at]], [column + 160 * row, 2, 0x46]));
});

Deno.test("options that cannot be are refused, saying what can", () => {
  const cases: [AtariOptions, RegExp][] = [
    [{ mode: 9 }, /Stick, mode: expected one of 0, 1, 2, 3 but found 9/],
    [{ difficulty: 3 }, /difficulty: expected one of 0, 1 but found 3/],
    [{ frameSkip: 0 }, /frameSkip: expected a positive integer but found 0/],
    [{ repeatActionProbability: 1.5 }, /a number from 0 to 1 but found 1.5/],
    [{ maxFrames: -1 }, /maxFrames: expected a number of frames/],
    [{ observation: "rbg" as "rgb" }, /one of rgb, grayscale, ram, colours but found "rbg"/],
    [{ rom: new Uint8Array(100) }, /expected a cartridge of 2,048/],
  ];
  for (const [options, message] of cases) assert.throws(() => stick(options), message);
  assert.throws(
    () => new AtariEnv("Brekout"),
    /unknown Atari game "Brekout". There are: Breakout, Pong, SpaceInvaders/,
  );
  assert.throws(() => new AtariPreprocessing(stick()), /expected a game with frameSkip 1 but found 4/);
  assert.throws(
    () => new AtariPreprocessing(single(), { screenSize: 500 }),
    /screenSize: expected an integer from 1 to 160 but found 500/,
  );
  assert.throws(() => new ColourPreprocessing(stick()), /frameSkip: expected an integer from 1 to 1 but found 4/);
});
