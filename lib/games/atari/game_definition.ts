/** What the environment must know of a game, beside its cartridge. One file per game in `games/`, one line in `games/list.ts`. */

/** What the memory says about an episode. */
export interface GameStatus {
  /** The score that is shown. */
  readonly score: number;
  /** What the last frame added to it, wrapping counted. */
  readonly reward: number;
  /** Lives left; 0 where a game has none. */
  readonly lives: number;
  /** The game is over. */
  readonly terminal: boolean;
  /** For games that show what an ended game shows until they begin. */
  readonly started: boolean;
}

/** A cartridge that the user must bring. */
export interface UserRom {
  /** Found by this checksum, in hexadecimal. */
  readonly md5: string;
  /** Its length. */
  readonly bytes: number;
  /** What the cartridge is called, for messages. */
  readonly title: string;
}

/** A cartridge that comes with Tessera. */
export interface BundledRom {
  /** Where its bytes are. */
  readonly file: URL;
}

/** What is plugged in. Paddles are turned by RIGHT and LEFT; "swapped paddles" gives the first player the second paddle. */
export type Controller = "joystick" | "paddles" | "swapped paddles";

/** How SELECT chooses a mode. */
export interface ModeSelect {
  /** RAM byte that holds the mode. */
  readonly address: number;
  /** Frames for which SELECT is held; then comes one frame without. */
  readonly frames: number;
}

/**
 * A game for the Atari 2600.
 *
 * @example
 * ```ts
 * import { AtariAction, type GameDefinition } from "@tessera/worlds";
 * const game: GameDefinition = {
 *   name: "Rampart",
 *   rom: { file: new URL("../../../../roms/rampart.bin", import.meta.url) },
 *   controller: "joystick",
 *   actions: [AtariAction.NOOP, AtariAction.FIRE, AtariAction.RIGHT, AtariAction.LEFT],
 *   initial: { score: 0, reward: 0, lives: 5, terminal: false, started: false },
 *   status: (ram, before) => ({
 *     score: ram[0],
 *     reward: ram[0] - before.score,
 *     lives: ram[1],
 *     terminal: ram[1] === 0,
 *     started: true,
 *   }),
 * };
 * ```
 */
export interface GameDefinition {
  /** As in "ALE/Breakout-v5", without both ends. */
  readonly name: string;
  /** Where the cartridge comes from. */
  readonly rom: UserRom | BundledRom;
  /** What is plugged in. */
  readonly controller: Controller;
  /** The minimal action set: numbers of `AtariAction`, ascending, NOOP first. */
  readonly actions: readonly number[];
  /** Actions that begin the game, one frame each; default none. */
  readonly startingActions?: readonly number[];
  /** Modes, the default first; default [0]. */
  readonly modes?: readonly number[];
  /** How to get from one mode to the next; needed for modes other than the first. */
  readonly select?: ModeSelect;
  /** Difficulties, the default first: bit 0 is the left switch, bit 1 the right one, 1 = position A. Default [0]. */
  readonly difficulties?: readonly number[];
  /** The status before the first frame of a game. */
  readonly initial: GameStatus;
  /** The status after a frame, from memory (RAM byte i is at address 0x80 + i) and the status before. */
  status(ram: Uint8Array, before: GameStatus): GameStatus;
}

/** The number that two binary-coded decimal digits mean. */
export function fromBcd(byte: number): number {
  return 10 * (byte >> 4) + (byte & 15);
}
