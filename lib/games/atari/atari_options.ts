/** How an Atari game is played: options, their defaults, and what they may be. Spec 2 §2.2. */
import { RAM_SIZE, SCREEN_HEIGHT, SCREEN_WIDTH } from "./console.ts";
import type { GameDefinition } from "./game_definition.ts";
import { readRom } from "./rom_store.ts";

/**
 * What `step` returns to look at: the picture in red, green, blue [210, 160, 3] or in grey [210, 160], the memory [128], or the picture as the TIA's
 * colour bytes [210, 160], of which the first two can be made.
 */
export type AtariObservation = "rgb" | "grayscale" | "ram" | "colours";

/** How a game is played. Defaults are those of `ALE/<Game>-v5`. */
export interface AtariOptions {
  /** Default "rgb". */
  readonly observation?: AtariObservation;
  /** Emulated frames per step; default 4. */
  readonly frameSkip?: number;
  /** Chance, drawn for every emulated frame, that the action of the frame before is taken again; default 0.25. */
  readonly repeatActionProbability?: number;
  /** All 18 actions instead of those that the game needs; default false. */
  readonly fullActionSpace?: boolean;
  /** One of the game's modes; default its first. */
  readonly mode?: number;
  /** One of the game's difficulties; default its first. */
  readonly difficulty?: number;
  /** Emulated frames after which an episode is truncated; default 108,000, half an hour; 0 for never. */
  readonly maxFrames?: number;
  /** Pictures glow with the frame before, as on a television; default false. */
  readonly colourAveraging?: boolean;
  /** The cartridge's bytes, unless they are to be looked for where `deno task roms` puts them. */
  readonly rom?: Uint8Array;
}

/** Shapes of the observations. */
export const OBSERVATION_SHAPES: Readonly<Record<AtariObservation, readonly number[]>> = {
  rgb: [SCREEN_HEIGHT, SCREEN_WIDTH, 3],
  grayscale: [SCREEN_HEIGHT, SCREEN_WIDTH],
  ram: [RAM_SIZE],
  colours: [SCREEN_HEIGHT, SCREEN_WIDTH],
};

/**
 * All options, with defaults, and the cartridge.
 *
 * @throws RangeError for the first option that is out of range, with what it may be
 * @throws RomError if the cartridge is not on this machine
 */
export function checkedOptions(game: GameDefinition, options: AtariOptions): Required<AtariOptions> {
  const { modes = [0], difficulties = [0] } = game;
  const {
    observation = "rgb",
    frameSkip = 4,
    repeatActionProbability = 0.25,
    fullActionSpace = false,
    mode = modes[0],
    difficulty = difficulties[0],
    maxFrames = 108_000,
    colourAveraging = false,
  } = options;
  const expect = (holds: boolean, option: string, expected: string, found: unknown) => {
    if (!holds) {
      throw new RangeError(`${game.name}, ${option}: expected ${expected} but found ${JSON.stringify(found)}`);
    }
  };
  const names = Object.keys(OBSERVATION_SHAPES);
  expect(names.includes(observation), "observation", `one of ${names.join(", ")}`, observation);
  expect(Number.isInteger(frameSkip) && frameSkip >= 1, "frameSkip", "a positive integer", frameSkip);
  expect(
    repeatActionProbability >= 0 && repeatActionProbability <= 1,
    "repeatActionProbability",
    "a number from 0 to 1",
    repeatActionProbability,
  );
  expect(modes.includes(mode), "mode", `one of ${modes.join(", ")}`, mode);
  expect(difficulties.includes(difficulty), "difficulty", `one of ${difficulties.join(", ")}`, difficulty);
  expect(
    Number.isInteger(maxFrames) && maxFrames >= 0,
    "maxFrames",
    "a number of frames, or 0 for no limit",
    maxFrames,
  );
  const rom = options.rom ?? readRom(game);
  return {
    observation,
    frameSkip,
    repeatActionProbability,
    fullActionSpace,
    mode,
    difficulty,
    maxFrames,
    colourAveraging,
    rom,
  };
}
