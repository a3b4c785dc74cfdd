/** The console on the emulator 6502.ts, driven so that frames, pictures, memory and paddles equal the Arcade Learning Environment's. */
import {
  type Console,
  ConsoleError,
  type Joystick,
  type LoadOptions,
  SCREEN_HEIGHT,
  SCREEN_WIDTH,
  type Switches,
} from "../console.ts";
import { checkRomSize } from "../rom_image.ts";
import { BETWEEN_INSTRUCTIONS, type Board, DRAWN_ROWS, makeBoard, SHARED_TABLES, type Surface } from "./core.ts";
import { checksum, insertable } from "./cartridge.ts";
import { type GraphState, ObjectGraph } from "./object_graph.ts";

/** Plain data; restores into any console with the same cartridge. */
export interface StellaState {
  /** Which cartridge: its length and a checksum. */
  readonly cartridge: string;
  /** Colour clock from which on the end of VSYNC ends the frame. */
  readonly vsyncDue: number;
  /** Colour clock at which the frame's first line began. */
  readonly frameBegan: number;
  /** Frames in a row that the program did not end by itself. */
  readonly unfinished: number;
  /** [212, 160] colour bytes. */
  readonly picture: Uint8Array;
  /** The emulator's fields. */
  readonly machine: GraphState;
}

const CLOCKS_PER_LINE = 228, CLOCKS_PER_CYCLE = 3;
/** Where ALE cuts a frame that the program does not end. */
const MOST_LINES = 290, MOST_INSTRUCTIONS = 25_000;
/** More cycles than 25,000 instructions can take unless the CPU stands still for good. */
const MOST_CYCLES = 300_000;
/** Frames cut in a row after which the program is taken to have failed: half a second. */
const MOST_UNFINISHED = 30;

const VSYNC = 0x00;
/** SWCHB, as the PIA decodes it. */
const SWCHB_MASK = 0x283, SWCHB = 0x282;
/** Bits of SWCHB without a switch. ALE reads them as 1, 6502.ts as 0. */
const SWCHB_UNUSED = 0x34;

/** The emulator's fields that never change; those of the CPU are at rest between two instructions. */
const CONSTANT: ReadonlySet<string> = new Set([
  ..."_config _palette _rom _rng _operations _opBoot _opIrq _opNmi".split(" "),
  ..."_waveformAudio _pcmAudio _audio _surfaceFactory _timer".split(" "),
]);

/**
 * An Atari 2600.
 *
 * @example
 * ```ts
 * import { StellaConsole } from "@tessera/worlds";
 * const console = new StellaConsole();
 * console.load(await Deno.readFile("game.bin"));
 * for (let i = 0; i < 60; i++) console.frame();
 * const picture = console.screen(); // [210, 160] colour bytes
 * ```
 */
export class StellaConsole implements Console<StellaState> {
  #rom: Uint8Array | null = null;
  #paddles = false;
  #cartridge = "";
  #board: Board | null = null;
  #graph: ObjectGraph | null = null;
  readonly #picture = new Uint8Array(DRAWN_ROWS * SCREEN_WIDTH);
  readonly #surface: Surface = { getBuffer: () => this.#picture };
  #vsyncDue = Infinity;
  #frameBegan = 0;
  #unfinished = 0;
  #frameOver = false;
  #finished = false;
  #failure: ConsoleError | null = null;

  load(rom: Uint8Array, { paddles = false }: LoadOptions = {}): void {
    checkRomSize(rom);
    const bytes = rom.slice();
    insertable(bytes);
    [this.#rom, this.#paddles, this.#cartridge] = [bytes, paddles, `${bytes.length} ${checksum(bytes)} ${paddles}`];
    this.reset();
  }

  reset(): void {
    const board = makeBoard(insertable(this.#inserted()), this.#paddles), { _tia: tia, _pia: pia } = board;
    tia._palette = Uint8Array.from({ length: 128 }, (_, i) => 2 * i); // so that pixels are colour bytes
    board.getVideoOutput().setSurfaceFactory(() => this.#surface);
    const write = tia.write.bind(tia), readIo = pia._readIo.bind(pia);
    tia.write = (address, value) => {
      write(address, value);
      this.#afterTiaWrite(board, address & 0x3f, value);
    };
    pia._readIo = (address) => readIo(address) | ((address & SWCHB_MASK) === SWCHB ? SWCHB_UNUSED : 0);
    board.boot();
    this.#board = board;
    this.#picture.fill(0);
    [this.#vsyncDue, this.#frameBegan, this.#unfinished, this.#failure] = [Infinity, 0, 0, null];
    this.#graph = new ObjectGraph([board], CONSTANT, [this.#surface, this.#picture, ...SHARED_TABLES]);
    for (const jack of [0, 1] as const) this.joystick(jack, {});
    for (const paddle of [0, 1, 2, 3] as const) this.paddle(paddle, Infinity);
    this.switches({});
  }

  frame(): void {
    if (this.#failure !== null) throw this.#failure;
    const board = this.#running();
    try {
      this.#run(board);
    } catch (cause) {
      const invalid = cause instanceof Error && cause.message === "invalid instruction";
      const at = `at address 0x${board._cpu.getLastInstructionPointer().toString(16)}`;
      this.#failure = invalid
        ? new ConsoleError("invalid instruction", `the program ran into an instruction that does not exist, ${at}`, {
          cause,
        })
        : new ConsoleError(
          "emulator",
          `the emulator gave up ${at}: ${cause instanceof Error ? cause.message : cause}`,
          {
            cause,
          },
        );
      throw this.#failure;
    }
    this.#unfinished = this.#finished ? 0 : this.#unfinished + 1;
    if (this.#unfinished < MOST_UNFINISHED) return;
    this.#failure = new ConsoleError(
      "endless frame",
      `the program did not end a frame (set VSYNC for a line and clear it) in ${MOST_UNFINISHED} frames' time; ` +
        `it is at address 0x${board._cpu.getLastInstructionPointer().toString(16)}`,
    );
    throw this.#failure;
  }

  /** One frame, by CPU cycles: what 6502.ts' own `tick` does, without its bookkeeping for every colour clock. */
  #run(board: Board): void {
    const { _cpu: cpu, _tia: tia, _pia: pia, _cartridge: cartridge } = board;
    const last = board._cpuCycles + MOST_CYCLES;
    let state = cpu.executionState, instructions = 0;
    this.#frameOver = this.#finished = false;
    while (board._cpuCycles < last) {
      tia.cycle();
      tia.cycle();
      tia.cycle();
      pia.cycle();
      cpu.cycle();
      board._cpuCycles++;
      if (state === cpu.executionState) continue;
      state = cpu.executionState;
      if (state !== BETWEEN_INSTRUCTIONS) continue;
      cartridge.notifyCpuCycleComplete();
      instructions++;
      if (this.#frameOver || instructions >= MOST_INSTRUCTIONS) break;
    }
    if (!this.#frameOver) return; // cut by the number of instructions: ALE goes on with the same picture
    // The next frame's first line is the one in which this frame ended.
    const clock = board._cpuCycles * CLOCKS_PER_CYCLE;
    this.#frameBegan = clock - (clock - this.#frameBegan) % CLOCKS_PER_LINE;
  }

  /** ALE's rule: a frame ends where VSYNC is cleared a line or more after it was set, or at the first write after 290 lines. */
  #afterTiaWrite(board: Board, register: number, value: number): void {
    const clock = board._cpuCycles * CLOCKS_PER_CYCLE;
    if (register === VSYNC) {
      if (value & 2) this.#vsyncDue = clock + CLOCKS_PER_LINE;
      else if (clock >= this.#vsyncDue) {
        this.#vsyncDue = Infinity;
        this.#frameOver = this.#finished = true;
      }
    }
    if (clock - this.#frameBegan >= MOST_LINES * CLOCKS_PER_LINE) this.#frameOver = true;
  }

  screen(out: Uint8Array = new Uint8Array(SCREEN_HEIGHT * SCREEN_WIDTH)): Uint8Array {
    if (out.length !== SCREEN_HEIGHT * SCREEN_WIDTH) {
      throw new RangeError(
        `console, screen: expected room for ${SCREEN_HEIGHT * SCREEN_WIDTH} bytes but found ${out.length}`,
      );
    }
    for (let i = 0; i < out.length; i++) out[i] = this.#picture[i] & 0xfe;
    return out;
  }

  get ram(): Uint8Array {
    return this.#running()._pia.ram;
  }

  joystick(jack: 0 | 1, { up = false, down = false, left = false, right = false, fire = false }: Joystick): void {
    const board = this.#running(), joystick = jack === 0 ? board.getJoystick0() : board.getJoystick1();
    joystick.getUp().toggle(up);
    joystick.getDown().toggle(down);
    joystick.getLeft().toggle(left);
    joystick.getRight().toggle(right);
    joystick.getFire().toggle(fire);
  }

  paddle(paddle: 0 | 1 | 2 | 3, resistance: number, fire = false): void {
    const board = this.#running();
    board.getPaddle(paddle).setValue(potentiometer(resistance));
    // 6502.ts does not wire a paddle's button. On the console it is the joystick's right (first paddle) or left line.
    if (!this.#paddles || paddle > 1) return;
    const joystick = board.getJoystick0();
    (paddle === 0 ? joystick.getRight() : joystick.getLeft()).toggle(fire);
  }

  switches(held: Switches): void {
    const { reset = false, select = false, blackAndWhite = false, leftDifficultyA = false, rightDifficultyA = false } =
      held;
    const panel = this.#running().getControlPanel();
    panel.getResetButton().toggle(reset);
    panel.getSelectSwitch().toggle(select);
    panel.getColorSwitch().toggle(blackAndWhite);
    panel.getDifficultySwitchP0().toggle(!leftDifficultyA);
    panel.getDifficultySwitchP1().toggle(!rightDifficultyA);
  }

  snapshot(): StellaState {
    this.#running();
    if (this.#failure !== null) throw this.#failure;
    return {
      cartridge: this.#cartridge,
      vsyncDue: this.#vsyncDue,
      frameBegan: this.#frameBegan,
      unfinished: this.#unfinished,
      picture: this.#picture.slice(),
      machine: this.#graph!.save(),
    };
  }

  restore(state: StellaState): void {
    this.#running();
    if (state.cartridge !== this.#cartridge) {
      throw new RangeError(
        `console state: expected one of the cartridge "${this.#cartridge}" but found "${state.cartridge}" (length, checksum, paddles)`,
      );
    }
    if (this.#failure !== null) this.reset(); // an instruction may have been left half done
    this.#graph!.restore(state.machine);
    this.#picture.set(state.picture);
    [this.#vsyncDue, this.#frameBegan, this.#unfinished] = [state.vsyncDue, state.frameBegan, state.unfinished];
  }

  dispose(): void {
    this.#rom = this.#board = this.#graph = null;
  }

  #inserted(): Uint8Array {
    if (this.#rom === null) {
      throw new ConsoleError("no cartridge", "the console has no cartridge; call load(rom) first");
    }
    return this.#rom;
  }

  #running(): Board {
    this.#inserted();
    return this.#board!;
  }
}

/**
 * Where 6502.ts' potentiometer must stand, so that its capacitor is full after ALE's number of CPU cycles. 6502.ts takes 380 lines at full
 * resistance, 1 MΩ + 1.8 kΩ; the half cycle keeps rounding away from the border.
 */
function potentiometer(resistance: number): number {
  if (!(resistance >= 0)) throw new RangeError(`console, paddle: expected a resistance >= 0 but found ${resistance}`);
  const cycles = Math.floor(1.6 * resistance * 0.01e-6 * 1.19e6);
  return ((cycles + 0.5) / 76 / 380 * 1_001_800 - 1_800) / 1e6;
}
