/**
 * The parts of 6502.ts (MIT, version 1.1.4) that the console uses, private ones too, behind hand-written types. Nothing else in Tessera knows
 * that package. Its modules are CommonJS, so what they export as default arrives one level deeper.
 */
import BoardModule from "6502.ts/lib/machine/stella/Board.js";
import ConfigModule from "6502.ts/lib/machine/stella/Config.js";
import CartridgeFactoryModule from "6502.ts/lib/machine/stella/cartridge/CartridgeFactory.js";
import decodeTables from "6502.ts/lib/machine/stella/tia/drawCounterDecodes.js";

/** A button, a switch or a direction of a joystick. */
interface Switch {
  toggle(on: boolean): void;
}

/** `executionState` of a CPU between two instructions. */
export const BETWEEN_INSTRUCTIONS = 1;

interface Cpu {
  readonly executionState: number;
  cycle(): void;
  getLastInstructionPointer(): number;
}

interface Tia {
  /** Colours by register value / 2. */
  _palette: ArrayLike<number>;
  /** Colour clock in the line, 0 to 227. */
  readonly _hctr: number;
  cycle(): void;
  write(address: number, value: number): void;
}

interface Pia {
  readonly ram: Uint8Array;
  cycle(): void;
  _readIo(address: number): number;
}

export interface Cartridge {
  getType(): string;
  notifyCpuCycleComplete(): void;
}

interface DigitalJoystick {
  getUp(): Switch;
  getDown(): Switch;
  getLeft(): Switch;
  getRight(): Switch;
  getFire(): Switch;
}

interface ControlPanel {
  getResetButton(): Switch;
  getSelectSwitch(): Switch;
  getColorSwitch(): Switch;
  getDifficultySwitchP0(): Switch;
  getDifficultySwitchP1(): Switch;
}

/** What the TIA draws into. Colours are those of `_palette`; [212, 160] of them. */
export interface Surface {
  getBuffer(): Uint8Array;
}

export interface Board {
  readonly _cpu: Cpu;
  readonly _tia: Tia;
  readonly _pia: Pia;
  readonly _cartridge: Cartridge;
  /** CPU cycles since the last reset. */
  _cpuCycles: number;
  /** Resets and runs to the first instruction. */
  boot(): void;
  getJoystick0(): DigitalJoystick;
  getJoystick1(): DigitalJoystick;
  getPaddle(index: number): { setValue(value: number): void };
  getControlPanel(): ControlPanel;
  getVideoOutput(): { setSurfaceFactory(factory: () => Surface): void };
}

/** Rows that the TIA draws: two more than ALE shows. */
export const DRAWN_ROWS = 212;

/** Lines from the end of VSYNC to the first that is drawn, so that it is ALE's first. */
const FRAME_START = 33;

/** Tables that all machines share: where the copies of a player or missile stand in the line. Fields change from one to the other. */
export const SHARED_TABLES: readonly object[] = [
  ...new Set(Object.values(decodeTables as Record<string, readonly object[]>).flat()),
];

/** NTSC, joystick or paddles, no sound. */
export function makeBoard(cartridge: Cartridge, paddles: boolean): Board {
  const settings = { tvMode: 0, enableAudio: false, randomSeed: 1, emulatePaddles: paddles, frameStart: FRAME_START };
  return new (inner<new (settings: unknown, cartridge: Cartridge) => Board>(BoardModule))(
    inner<{ create(settings: unknown): unknown }>(ConfigModule).create(settings),
    cartridge,
  );
}

/** The cartridge's hardware is recognised by size and content. Those that need an asynchronous start are refused by the caller. */
export function makeCartridge(rom: Uint8Array): Cartridge {
  const Factory = inner<new () => { _createCartridge(rom: Uint8Array): Cartridge }>(CartridgeFactoryModule);
  return new Factory()._createCartridge(rom);
}

function inner<T>(module: unknown): T {
  return (module as { default: T }).default;
}
