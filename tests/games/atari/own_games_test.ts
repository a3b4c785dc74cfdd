/** Rampart, Volley and Swarm: pictures of 262 lines in every state, equal runs, won and lost by players. */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import {
  AtariAction as A,
  AtariEnv,
  atariGame,
  type AtariPlayer,
  atariPlayer,
  type GameDefinition,
  readRom,
  StellaConsole,
} from "../../../lib/games/mod.ts";
import { GameSession } from "../../../lib/games/atari/game_session.ts";
import { drawnWhereSaid } from "./drawn_objects.ts";
import { Stream } from "../../../lib/random.ts";
import { assemble, hasDasm, SOURCES } from "../../../tasks/roms/build.ts";

const GAMES = ["Rampart", "Volley", "Swarm"].map(atariGame);
const CLOCKS_PER_LINE = 228, LINES = 262;
/** Screen rows that look the same in every frame: colour byte by row. They would move if a picture did. */
const LANDMARKS: Record<string, Record<number, number>> = {
  Rampart: { 3: 0x00, 22: 0x00, 23: 0x08, 30: 0x08, 191: 0x00 },
  Volley: { 3: 0x00, 22: 0x00, 23: 0x0e, 30: 0x0e, 187: 0x0e, 194: 0x0e, 195: 0x00 },
  Swarm: { 3: 0x00, 182: 0x00, 183: 0xd6, 186: 0xd6, 187: 0x00 },
};

/** A game whose every frame is measured. */
class Watched {
  readonly console = new StellaConsole();
  readonly session: GameSession<unknown>;
  frames = 0;
  reward = 0;
  #began: number | null = null;

  constructor(readonly game: GameDefinition) {
    this.console.load(readRom(game), { paddles: game.controller !== "joystick" });
    this.session = new GameSession(game, this.console, 0, 0);
  }

  get ram(): Uint8Array {
    return this.console.ram;
  }

  frame(action: number, pressed: { reset?: boolean } = {}): void {
    this.reward += this.session.frame(action, pressed).reward;
    this.frames++;
    const { frameBegan } = this.console.snapshot();
    // The first two frames follow the switch on.
    if (this.#began !== null && this.frames > 2) {
      const lines = (frameBegan - this.#began) / CLOCKS_PER_LINE;
      assert.equal(lines, LINES, `${this.game.name}, frame ${this.frames}`);
      for (const [row, colour] of Object.entries(LANDMARKS[this.game.name])) {
        assert.equal(this.session.screen[160 * Number(row) + 1], colour, `frame ${this.frames}, row ${row}`);
      }
    }
    if (this.frames > 60) drawnWhereSaid[this.game.name](this.session.screen, this.ram);
    this.#began = frameBegan;
  }

  /** Power-up, a second of nothing, RESET. */
  start(): this {
    for (let i = 0; i < 60; i++) this.frame(A.NOOP);
    assert.equal(this.session.status.terminal, true, "no game runs before RESET");
    for (let i = 0; i < 4; i++) this.frame(A.NOOP, { reset: true });
    assert.equal(this.session.status.terminal, false);
    this.reward = 0;
    return this;
  }

  /** Until the game is over, or `done` says so, or so many frames have passed. */
  play(player: AtariPlayer, frames: number, done: (ram: Uint8Array) => boolean = () => false): this {
    for (let i = 0; i < frames && !this.session.status.terminal && !done(this.ram); i++) {
      this.frame(player.act(this.ram));
    }
    return this;
  }

  /** After the end nothing changes whatever is pressed; RESET begins again. */
  afterTheEnd(lives: number): void {
    const { score } = this.session.status;
    for (let i = 0; i < 40; i++) this.frame([A.FIRE, A.RIGHTFIRE, A.LEFT, A.NOOP][i % 4]);
    assert.deepEqual([this.session.status.score, this.session.status.terminal], [score, true]);
    for (let i = 0; i < 2; i++) this.frame(A.NOOP, { reset: true });
    assert.deepEqual([this.session.status.score, this.session.status.lives], [0, lives]);
    assert.equal(this.session.status.terminal, false);
  }
}

const watched = (name: string) => new Watched(atariGame(name)).start();
const player = (name: string, kind: string) => atariPlayer(atariGame(name), kind);

for (const game of GAMES) {
  const file = "file" in game.rom ? basename(game.rom.file.pathname, ".bin") : "";
  Deno.test({
    name: `${file}.bin is what dasm makes of ${file}.asm${hasDasm() ? "" : " (skipped: dasm is not installed)"}`,
    ignore: !hasDasm(),
    async fn() {
      assert.deepEqual(readRom(game), new Uint8Array(await assemble(join(SOURCES, `${file}.asm`))));
    },
  });
}

Deno.test("Rampart: the tracker takes bricks and keeps its balls; a fallen wall rises again", () => {
  const rampart = watched("Rampart"), tracker = player("Rampart", "tracker"), { ram } = rampart;
  assert.deepEqual([rampart.session.status.lives, ram[13]], [5, 108]);
  rampart.play(tracker, 1100);
  const { score, lives } = rampart.session.status, bricks = 108 - ram[13];
  assert.ok(bricks >= 12 && score >= bricks && lives >= 4, `${bricks} bricks, ${score} points, ${lives} balls`);
  assert.equal(score, rampart.reward);
  const standing = ram.subarray(16, 52).reduce((sum, byte) => sum + bits(byte), 0);
  assert.equal(standing, 2 * ram[13], "a brick is two bits of the playfield");
  // The last brick falls: the next touch of the bat raises the wall.
  ram.fill(0, 16, 52);
  ram[13] = 0;
  rampart.play(tracker, 300, () => ram[13] > 0);
  assert.equal(ram[13], 108);
});

Deno.test("Rampart: five balls lost end the game; nothing happens without FIRE", () => {
  const rampart = watched("Rampart"), seen = new Set<number>();
  rampart.play(player("Rampart", "idle"), 200);
  assert.deepEqual([rampart.session.status.lives, rampart.reward, rampart.ram[8]], [5, 0, 0]);
  rampart.play(player("Rampart", "loser"), 2000, (ram) => seen.add(ram[3]) && false);
  assert.deepEqual([[...seen], rampart.session.status.lives, rampart.session.status.terminal], [
    [5, 4, 3, 2, 1],
    0,
    true,
  ]);
  rampart.afterTheEnd(5);
});

Deno.test("Rampart: where the ball meets the bat is the angle it leaves with", () => {
  const rampart = watched("Rampart"), { ram } = rampart, angles: string[] = [];
  rampart.play(player("Rampart", "tracker"), 40, () => ram[8] === 1);
  const falling = rampart.console.snapshot();
  for (const off of [-1, 3, 7, 11, 15]) {
    rampart.console.restore(falling);
    [ram[6], ram[7]] = [ram[5] + off, 156]; // above the bat
    [ram[10], ram[11], ram[52]] = [0, 0, 0]; // falling, almost straight
    rampart.session.frame(A.NOOP);
    angles.push(`${ram[9] & 0x80 ? "left" : "right"} ${ram[11]}`);
  }
  assert.deepEqual(angles, ["left 4", "left 2", "right 0", "right 2", "right 4"]);
});

Deno.test("Volley: the tracker leads, and wins at 21", () => {
  const volley = watched("Volley"), { ram } = volley, tracker = player("Volley", "tracker");
  volley.play(tracker, 1000);
  assert.ok(volley.session.status.score >= 2, `${volley.session.status.score} points ahead`);
  assert.equal(volley.reward, volley.session.status.score);
  ram[2] = 0x19; // two more
  volley.play(tracker, 4000);
  assert.deepEqual([ram[2], volley.session.status.terminal], [0x21, true]);
  volley.afterTheEnd(0);
});

Deno.test("Volley: who keeps out of the way loses 21 points; the ball comes by itself", () => {
  const volley = watched("Volley"), { ram } = volley;
  volley.play(player("Volley", "idle"), 100, () => ram[8] === 1);
  assert.equal(volley.frames, 64 + 65, "after about a second");
  volley.play(player("Volley", "loser"), 500);
  const lost = -volley.session.status.score;
  assert.ok(lost >= 6 && lost === volley.ram[1], `${lost} points lost`);
  ram[1] = 0x19; // two more
  volley.play(player("Volley", "loser"), 4000);
  assert.deepEqual([volley.session.status.score, volley.session.status.terminal, ram[1]], [-21, true, 0x21]);
});

Deno.test("Swarm: the tracker clears a wave; the next begins lower", () => {
  const swarm = watched("Swarm"), { ram } = swarm, top = ram[9];
  assert.equal(ram[11], 30);
  swarm.play(player("Swarm", "tracker"), 3000, () => ram[12] === 1);
  assert.deepEqual([ram[12], ram[11], swarm.session.status.score, swarm.reward], [1, 30, 450, 450]);
  assert.ok(ram[9] > top && swarm.session.status.lives >= 2);
});

Deno.test("Swarm: three cannons lost end the game, and so does a swarm that lands", () => {
  const swarm = watched("Swarm"), seen = new Set<number>();
  swarm.play(player("Swarm", "loser"), 3000, (ram) => seen.add(ram[3]) && false);
  assert.deepEqual([[...seen], swarm.session.status.lives], [[3, 2, 1], 0]);
  swarm.afterTheEnd(3);
  swarm.ram[9] = 56; // a drop above the shields, at an edge
  swarm.ram[8] = 60;
  swarm.play(player("Swarm", "idle"), 200);
  assert.deepEqual([swarm.session.status.terminal, swarm.session.status.lives, swarm.ram[9] + 5 * 14], [true, 0, 130]);
});

Deno.test("Swarm: any set of invaders is drawn in any place, in any wave", () => {
  const swarm = watched("Swarm"),
    { ram } = swarm,
    random = Stream.named(1, "swarm"),
    tracker = player("Swarm", "tracker");
  for (let round = 0; round < 12; round++) {
    swarm.frame(A.NOOP, { reset: true });
    const files = Array.from({ length: 10 }, () => random.below(8));
    files[random.below(10)] = 1 + random.below(7);
    const lowest = Math.max(...files.map((set, i) => set && i % 5 + 1));
    const standing = [0, 1, 2, 3, 4, 5].filter((file) =>
      files.some((set, i) => (i >= 5) === (file % 2 === 1) && (set >> (file >> 1)) & 1)
    );
    const left = 9 - 16 * standing[0], right = 143 - 16 * standing.at(-1)!;
    ram.set(files, 18);
    [ram[8], ram[9], ram[10]] = [left + random.below(right - left + 1), 10 + random.below(120 - 14 * lowest), 0];
    [ram[11], ram[12], ram[44]] = [files.reduce((sum, set) => sum + bits(set), 0), random.below(9), lowest];
    swarm.play(tracker, 25);
  }
});

Deno.test("equal inputs give equal memories and pictures, whatever memory holds at power-up", () => {
  for (const game of GAMES) {
    const [one, other] = [0, 1].map((noise) => {
      const console = new StellaConsole();
      console.load(readRom(game), { paddles: game.controller !== "joystick" });
      console.ram.fill(0xa5 * noise);
      const session = new GameSession(game, console, 0, 0), random = atariPlayer(game, "random", { seed: 5 });
      const trace: string[] = [];
      for (let i = 0; i < 120; i++) {
        session.frame(i < 12 ? A.NOOP : random.act(console.ram), { reset: i > 7 && i < 12 });
        // Above $f0 the stack holds what it held.
        if (i > 2) trace.push(console.ram.slice(0, 0x70).toHex() + (i % 10 === 0 ? session.screen.toHex() : ""));
      }
      return trace;
    });
    assert.ok(one.every((frame, i) => frame === other[i]), game.name);
  }
});

Deno.test("registered: reset hands over a running game, the players know their game, unknown ones are named", () => {
  for (const game of GAMES) {
    const env = new AtariEnv(game.name, { repeatActionProbability: 0, observation: "ram" });
    const { observation, info } = env.reset(0);
    assert.deepEqual([observation[0], info.lives], [0, game.initial.lives]);
    const fired = env.step(env.actionNames.indexOf("FIRE")).observation;
    assert.equal(game.name === "Swarm" ? fired[7] < 180 : fired[8] === 1, game.name !== "Volley", "a ball, a shot");
  }
  assert.throws(
    () => atariPlayer(GAMES[0], "trakcer"),
    /unknown player "trakcer" of Rampart. There are: random, idle, scripted, tracker, loser/,
  );
  assert.throws(() => atariPlayer(atariGame("Pong"), "tracker"), /There are: random, idle, scripted$/);
});

function bits(byte: number): number {
  return byte === 0 ? 0 : (byte & 1) + bits(byte >> 1);
}
