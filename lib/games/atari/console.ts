/** What an Atari 2600 offers to those that play on it. Nothing here tells which emulator runs behind it. */

/** Columns and rows of the visible picture, as the Arcade Learning Environment cuts it out. */
export const SCREEN_WIDTH = 160, SCREEN_HEIGHT = 210;
/** Bytes of the console's memory. */
export const RAM_SIZE = 128;

/** Which directions of a joystick are held, and its button. */
export interface Joystick {
  /** Pushed up. */
  readonly up?: boolean;
  /** Pulled down. */
  readonly down?: boolean;
  /** Pushed left. */
  readonly left?: boolean;
  /** Pushed right. */
  readonly right?: boolean;
  /** The button is pressed. */
  readonly fire?: boolean;
}

/** The switches on the console. */
export interface Switches {
  /** RESET is pressed. */
  readonly reset?: boolean;
  /** SELECT is pressed. */
  readonly select?: boolean;
  /** The television is black and white; default: colour. */
  readonly blackAndWhite?: boolean;
  /** Left difficulty switch in position A; default: B. */
  readonly leftDifficultyA?: boolean;
  /** Right difficulty switch in position A; default: B. */
  readonly rightDifficultyA?: boolean;
}

/** How a cartridge is put in. */
export interface LoadOptions {
  /** Whether paddles are plugged in; default false, so that their ports never go high. */
  readonly paddles?: boolean;
}

/**
 * An Atari 2600 (NTSC) with a cartridge. Input holds until it is set again and is looked at from the next `frame` on. Equal cartridges and
 * inputs give equal frames.
 */
export interface Console<State = unknown> {
  /**
   * Puts a cartridge in and switches on.
   *
   * @param rom the cartridge's bytes; 2, 4, 8, 12, 16, 32 or 64 KiB
   * @throws RomImageError for a size that no cartridge has, or for one that this console cannot run
   */
  load(rom: Uint8Array, options?: LoadOptions): void;
  /** Switches off and on: memory holds the same arbitrary bytes each time, all input is released. Runs no frame. */
  reset(): void;
  /**
   * Runs until the program ends VSYNC, which is where a frame ends. A frame that goes on for 290 lines or 25,000 instructions is cut there.
   *
   * @throws ConsoleError when the program cannot go on: it ended no frame by itself for half a second, or ran into an instruction that does not
   * exist. It is thrown again until `reset`, `restore` or `load`.
   */
  frame(): void;
  /** The last picture: [210, 160] colour bytes of the TIA, even numbers 0 to 254 (hue · 16 + luminance · 2). A copy, or `out` filled. */
  screen(out?: Uint8Array): Uint8Array;
  /** The 128 bytes of memory, live. To be read only; byte i is at address 0x80 + i. */
  readonly ram: Uint8Array;
  /** Sets the joystick in the left (0) or right (1) jack. What is left out is released. */
  joystick(jack: 0 | 1, held: Joystick): void;
  /**
   * Turns a paddle and sets its button.
   *
   * @param paddle 0 and 1 are in the left jack, 2 and 3 in the right one
   * @param resistance in ALE's unit: the port goes high more than ⌊0.01904 · resistance⌋ CPU cycles after it was let go; `Infinity` for never
   * @param fire whether the button is pressed; only the left jack's buttons are wired
   */
  paddle(paddle: 0 | 1 | 2 | 3, resistance: number, fire?: boolean): void;
  /** Sets the console's switches. What is left out is released. */
  switches(held: Switches): void;
  /** The whole state: plain data that survives `structuredClone`. */
  snapshot(): State;
  /** Continues from a snapshot exactly, also from one of another console with the same cartridge. */
  restore(state: State): void;
  /** Lets go of everything. Only `load` may follow. */
  dispose(): void;
}

/** Why a program cannot go on. */
export type ConsoleFailure = "endless frame" | "invalid instruction" | "no cartridge" | "emulator";

/** The console cannot go on. */
export class ConsoleError extends Error {
  /** "ConsoleError". */
  override readonly name = "ConsoleError";

  /** What happened, in one of a few words, and a message for a person. */
  constructor(readonly failure: ConsoleFailure, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** These bytes are no cartridge. */
export class RomImageError extends Error {
  /** "RomImageError". */
  override readonly name = "RomImageError";
}
