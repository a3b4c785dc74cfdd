/** The console against what is known of the hardware and of ALE, with a small program of the tests' own. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { type ConsoleError, RomImageError, StellaConsole } from "../../../lib/games/mod.ts";
import { makeBoard, makeCartridge } from "../../../lib/games/atari/stella/core.ts";
import { AT, cartridge, STICK, STICK_SOURCE } from "./fixtures.ts";

function started(rom = STICK, paddles = false, frames = 3): StellaConsole {
  const console = new StellaConsole();
  console.load(rom, { paddles });
  for (let i = 0; i < frames; i++) console.frame();
  return console;
}

/** Everything that a frame shows, as text. */
const shown = (console: StellaConsole) => [console.ram, console.screen()].map((bytes) => bytes.join()).join("|");

const dasm = (() => {
  try {
    return new Deno.Command("dasm", { stdout: "null", stderr: "null" }).outputSync() && true;
  } catch {
    return false;
  }
})();

Deno.test({
  name: "stick.bin is what dasm makes of stick.asm" + (dasm ? "" : " (skipped: dasm is not installed)"),
  ignore: !dasm,
  async fn() {
    const out = await Deno.makeTempFile();
    try {
      const { success } = await new Deno.Command("dasm", { args: [STICK_SOURCE, "-f3", `-o${out}`], stdout: "null" })
        .output();
      assert.ok(success);
      assert.deepEqual(await Deno.readFile(out), STICK);
    } finally {
      await Deno.remove(out);
    }
  },
});

Deno.test("a frame is a frame of the program, and the picture lies where ALE cuts it out", () => {
  const console = started();
  const before = console.ram[AT.frames];
  for (let i = 0; i < 5; i++) console.frame();
  assert.equal(console.ram[AT.frames], before + 5);
  // The program's 192 lines begin 37 lines after the end of VSYNC, ALE's picture 34: the square of 8 × 8 at line 96 is in row 99.
  const screen = console.screen(), at = (x: number, y: number) => screen[y * 160 + x];
  const lit = Array.from(screen.keys()).filter((i) => screen[i] === 0x46);
  assert.equal(lit.length, 64);
  const [left, top] = [Math.min(...lit.map((i) => i % 160)), Math.floor(lit[0] / 160)];
  assert.deepEqual([left, top], [77, 99]);
  assert.ok(lit.every((i) => i % 160 < left + 8 && i / 160 < top + 8), "the lit pixels are one square");
  assert.deepEqual([at(0, 0), at(150, 100)], [0, 2]);
  assert.ok(screen.every((byte) => byte % 2 === 0));
});

Deno.test("the stick moves, the button counts, SELECT and RESET do what they do", () => {
  const console = started();
  const moved = (held: Parameters<StellaConsole["joystick"]>[1]) => {
    const [x, y] = [console.ram[AT.x], console.ram[AT.y]];
    console.joystick(0, held);
    console.frame();
    console.joystick(0, {});
    console.frame();
    return [console.ram[AT.x] - x, console.ram[AT.y] - y, console.ram[AT.score]];
  };
  assert.deepEqual(moved({ right: true }), [1, 0, 0]);
  assert.deepEqual(moved({ left: true, down: true }), [-1, 1, 0]);
  assert.deepEqual(moved({ up: true }), [0, -1, 0]);
  for (let press = 1; press <= 10; press++) moved({ fire: true });
  assert.equal(console.ram[AT.score], 0x10, "ten, as binary-coded decimal");
  console.switches({ select: true });
  console.frame();
  console.frame();
  console.switches({});
  console.frame();
  assert.equal(console.ram[AT.mode], 1);
  console.switches({ reset: true });
  console.frame();
  assert.deepEqual([console.ram[AT.score], console.ram[AT.lives]], [0, 3]);
});

Deno.test("SWCHB reads 0x3f when nothing is pressed, and each switch moves its bit", () => {
  // loop: LDA SWCHB; STA $80; VSYNC for two lines; JMP loop
  const console = started(
    cartridge([0xad, 0x82, 2, 0x85, 0x80, 0xa9, 2, 0x85, 0, 0x85, 2, 0x85, 2, 0xa9, 0, 0x85, 0, 0x4c, 0, 0xf8]),
  );
  const read = (held: Parameters<StellaConsole["switches"]>[0]) => {
    console.switches(held);
    console.frame();
    console.frame();
    return console.ram[0];
  };
  assert.equal(read({}), 0x3f);
  assert.equal(read({ reset: true }), 0x3e);
  assert.equal(read({ select: true }), 0x3d);
  assert.equal(read({ blackAndWhite: true }), 0x37);
  assert.equal(read({ leftDifficultyA: true, rightDifficultyA: true }), 0xff);
});

Deno.test("a paddle's port goes high after ALE's number of cycles", () => {
  const console = started(STICK, true);
  for (const resistance of [27_450, 100_000, 408_823, 600_000, 700_000]) {
    console.paddle(0, resistance);
    console.paddle(1, resistance / 2);
    for (let i = 0; i < 2; i++) console.frame();
    // The program looks once a line, about one and a half lines after the capacitor was let go.
    const lines = (r: number) => Math.floor(1.6 * r * 1e-8 * 1.19e6) / 76;
    for (const [pot, r] of [[AT.pot0, resistance], [AT.pot1, resistance / 2]]) {
      assert.ok(Math.abs(console.ram[pot] - (lines(r) - 1.5)) <= 1, `${r}: line ${console.ram[pot]} for ${lines(r)}`);
    }
  }
  console.paddle(0, Infinity);
  console.frame();
  console.frame();
  assert.equal(console.ram[AT.pot0], 191, "never");
  assert.throws(() => console.paddle(0, -1), /expected a resistance >= 0 but found -1/);
});

Deno.test("a snapshot replays equally, also in another console and through structuredClone", () => {
  for (const paddles of [false, true]) {
    const first = started(STICK, paddles, 20),
      play = (console: StellaConsole) => {
        const frames: string[] = [];
        for (let i = 0; i < 40; i++) {
          console.joystick(0, { right: i % 3 > 0, up: i % 5 < 2, fire: i % 7 === 0 });
          console.paddle(1, 27_450 + 9_000 * i);
          console.frame();
          frames.push(shown(console));
        }
        return frames;
      };
    const state = first.snapshot(), kept = structuredClone(state), once = play(first);
    assert.notEqual(once[0], once[39]);
    first.restore(state);
    assert.deepEqual(play(first), once);
    const other = started(STICK, paddles, 33);
    other.restore(kept);
    assert.deepEqual(play(other), once);
    assert.deepEqual(state, kept, "a snapshot is not changed by playing on");
  }
});

Deno.test("a snapshot of another cartridge is refused", () => {
  const console = started();
  assert.throws(
    () => started(STICK, true).restore(console.snapshot()),
    /expected one of the cartridge "2048 \w+ true" but found/,
  );
});

Deno.test("cartridges of every size run and replay from a snapshot", () => {
  const small = started();
  for (const size of [4, 8, 12, 16, 32, 64].map((kib) => kib * 1024)) {
    // The same program in every bank.
    const console = started(Uint8Array.from({ length: size }, (_, i) => STICK[i % STICK.length]));
    assert.equal(shown(console), shown(small), `${size} bytes`);
    const state = structuredClone(console.snapshot()),
      play = () => {
        console.joystick(0, { left: true });
        for (let i = 0; i < 5; i++) console.frame();
        return shown(console);
      };
    const once = play();
    console.restore(state);
    assert.equal(play(), once, `${size} bytes`);
  }
});

Deno.test("frames are those of 6502.ts' own clock, driven by the rule that was found equal to ALE's", () => {
  const console = new StellaConsole(), board = makeBoard(makeCartridge(STICK), false);
  console.load(STICK);
  const pixels = new Uint32Array(212 * 160), surface = { getBuffer: () => pixels as unknown as Uint8Array };
  board.getVideoOutput().setSurfaceFactory(() => surface);
  board.boot();
  const inverse = new Map<number, number>();
  for (let i = 0; i < 128; i++) inverse.set(board._tia._palette[i], 2 * i);
  const inner = board as unknown as {
    tick(clocks: number): void;
    _subClock: number;
    _tia: { _frameManager: { _vsync: boolean } };
  };
  for (let frame = 0; frame < 40; frame++) {
    const held = { right: frame % 3 === 0, down: frame % 4 === 0, fire: frame % 5 === 0 };
    console.joystick(0, held);
    board.getJoystick0().getRight().toggle(held.right);
    board.getJoystick0().getDown().toggle(held.down);
    board.getJoystick0().getFire().toggle(held.fire);
    console.frame();
    for (let before = false, ended = false; !(ended && inner._subClock === 0 && board._cpu.executionState === 1);) {
      inner.tick(1);
      ended ||= before && !inner._tia._frameManager._vsync;
      before = inner._tia._frameManager._vsync;
    }
    assert.deepEqual([...console.ram], [...board._pia.ram], `RAM of frame ${frame}`);
    if (frame < 2) continue; // no picture yet
    const screen = console.screen();
    assert.ok(screen.every((byte, i) => (inverse.get(pixels[i]) ?? 0) === byte), `picture of frame ${frame}`);
  }
});

Deno.test("switching off and on starts the same game again", () => {
  const console = started(STICK, false, 50), once = shown(console);
  console.joystick(0, { right: true });
  for (let i = 0; i < 30; i++) console.frame();
  assert.notEqual(shown(console), once);
  console.reset();
  for (let i = 0; i < 50; i++) console.frame();
  assert.equal(shown(console), once);
});

Deno.test("5,000 frames are the frames that were stored, in memory and picture", () => {
  const console = started(), hash = createHash("md5"), screen = console.screen();
  for (let i = 0; i < 5000; i++) {
    console.joystick(0, { right: i % 11 < 4, left: i % 13 < 4, down: i % 97 < 5, up: i % 89 < 5, fire: i % 17 === 0 });
    console.frame();
    hash.update(console.ram).update(console.screen(screen));
  }
  assert.equal(console.ram[AT.score], 0x95, "295 presses, two digits");
  assert.equal(hash.digest("hex"), "4e8e83860446b1647a6b89ce142501dd");
});

/** Plays until the console gives up, at most 200 frames. */
function failureOf(console: StellaConsole): ConsoleError | null {
  for (let i = 0; i < 200; i++) {
    try {
      console.frame();
    } catch (error) {
      return error as ConsoleError;
    }
  }
  return null;
}

Deno.test("a program that never ends a frame is stopped with a named error, again and again, until a restart", () => {
  const jump = [0x4c, 0, 0xf8];
  const programs: Record<string, [failure: string, program: number[]]> = {
    "a loop": ["endless frame", jump],
    "lines without VSYNC": ["endless frame", [0x85, 2, ...jump]],
    "VSYNC that is never cleared": ["endless frame", [0xa9, 2, 0x85, 0, ...jump]],
    "VSYNC shorter than a line": ["endless frame", [0xa9, 2, 0x85, 0, 0xa9, 0, 0x85, 0, ...jump]],
    "lines restarted by RSYNC": ["endless frame", [0x85, 3, 0x85, 2, ...jump]],
    "an instruction that stops the CPU": ["invalid instruction", [0xea, 0x02]],
  };
  for (const [what, [failure, program]] of Object.entries(programs)) {
    const console = new StellaConsole();
    console.load(cartridge(program));
    const error = failureOf(console);
    assert.ok(error, what);
    assert.deepEqual([error.name, error.failure], ["ConsoleError", failure], what);
    assert.match(error.message, /address 0xf8/);
    assert.throws(() => console.frame(), error);
    assert.throws(() => console.snapshot(), error);
    console.reset();
    assert.equal(failureOf(console)?.message, error.message, "the same after a reset");
    console.load(STICK);
    console.frame();
  }
});

Deno.test("random bytes end in frames or in a named error (property test)", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 64, maxLength: 512 }),
      fc.constantFrom(2048, 4096, 8192, 16384),
      (bytes, size) => {
        const rom = Uint8Array.from({ length: size }, (_, i) => bytes[i % bytes.length] ^ (i * 7 >> 5));
        const console = new StellaConsole();
        try {
          console.load(rom);
        } catch (error) {
          assert.ok(error instanceof RomImageError, String(error));
          return;
        }
        const began = performance.now();
        for (let i = 0; i < 3; i++) {
          try {
            console.frame();
          } catch (error) {
            assert.equal((error as Error).name, "ConsoleError", String((error as Error).stack));
            break;
          }
        }
        assert.ok(performance.now() - began < 20_000);
      },
    ),
    { numRuns: 60, seed: 5 },
  );
});

Deno.test("files that are no cartridge are refused, saying why", () => {
  const refused = (size: number, pattern: RegExp, first = 0) => {
    const rom = new Uint8Array(size);
    rom.set([first, first + 1, 0, 0].slice(0, size));
    if (first === 0x50) rom[1] = 0x4b;
    assert.throws(
      () => new StellaConsole().load(rom),
      (error: Error) => error.name === "RomImageError" && pattern.test(error.message),
    );
  };
  refused(0, /found 0 bytes\. The file is empty/);
  refused(1, /expected a cartridge of 2,048, 4,096, .* bytes but found 1 bytes/);
  refused(2047, /but found 2,047 bytes/);
  refused(4224, /without a header/);
  refused(3000, /ZIP archive: unpack it first/, 0x50);
  refused(2 ** 20, /but found 1,048,576 bytes/);
  assert.throws(() => new StellaConsole().frame(), /no cartridge; call load\(rom\) first/);
  const console = started();
  console.dispose();
  assert.throws(() => console.ram, /no cartridge/);
});
