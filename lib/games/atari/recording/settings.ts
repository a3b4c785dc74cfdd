/** What an Atari recording is: a function of these settings, episode by episode. */
import { Stream } from "../../../random.ts";
import { AtariEnv } from "../atari_env.ts";
import { AtariPreprocessing, checkWhole } from "../atari_preprocessing.ts";
import { ColourPreprocessing } from "../colour_preprocessing.ts";
import { atariGame } from "../games/list.ts";
import { atariPlayerNames } from "../players/list.ts";
import { md5, readRom } from "../rom_store.ts";
import { ScreenPreprocessing } from "./screen_preprocessing.ts";

/**
 * What is kept of the pictures: "none", the TIA's colour bytes [210, 160] with a palette; "grey", [84, 84] as Gymnasium's `AtariPreprocessing`;
 * "colour", [84, 64, 3] as experiment 4.
 */
export type AtariPictures = "none" | "grey" | "colour";

/** All kinds of pictures. */
export const ATARI_PICTURES: readonly AtariPictures[] = ["none", "grey", "colour"];

/** What to record. */
export interface AtariRecordingOptions {
  /** The game's name. */
  readonly game: string;
  /** Who plays: one of the game's players (`atariPlayerNames`), or "human". Default "random". */
  readonly policy?: string;
  /** Pictures of the whole recording; default 10,000. The last episode is cut off there. 0 for a person, who plays as long as they like. */
  readonly frames?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Default "none". */
  readonly preprocess?: AtariPictures;
  /** Emulated frames per action; default 4. */
  readonly frameSkip?: number;
  /** Chance per emulated frame that the action before is taken again; default 0. */
  readonly sticky?: number;
  /** An episode begins with 1 to so many frames of nothing; default 30. */
  readonly noops?: number;
  /** Chance per action that it is drawn uniformly instead of chosen by the policy; default 0.05. */
  readonly epsilon?: number;
  /** Most actions of an episode; default 4,500, five minutes of play. */
  readonly maxSteps?: number;
}

/** The settings, complete and checked; plain data that is kept beside the episodes. */
export interface AtariRecordingSettings extends Required<AtariRecordingOptions> {
  /** Checksum of the cartridge, so that a recording never goes on with another one. */
  readonly rom: string;
}

/** The policy that is a person. */
export const HUMAN = "human";

/** Half an hour with four frames per action: what the Arcade Learning Environment allows. */
const LONGEST_EPISODE = 27_000;

/**
 * All settings, defaults included.
 *
 * @throws RangeError for the first option that cannot be, with what it may be
 * @throws RomError if the cartridge is not on this machine
 */
export function atariRecordingSettings(options: AtariRecordingOptions): AtariRecordingSettings {
  const game = atariGame(options.game), { name } = game;
  const { policy = "random", frames = 10_000, seed = 0, preprocess = "none", frameSkip = 4 } = options;
  const { sticky = 0, noops = 30, epsilon = 0.05, maxSteps = 4_500 } = options;
  const players = [...atariPlayerNames(game), HUMAN];
  if (!players.includes(policy)) {
    throw new RangeError(`unknown player "${policy}" of ${name}. There are: ${players.join(", ")}`);
  }
  if (!ATARI_PICTURES.includes(preprocess)) {
    throw new RangeError(`preprocess: expected one of ${ATARI_PICTURES.join(", ")} but found "${preprocess}"`);
  }
  checkWhole(name, "frames", frames, policy === HUMAN ? 0 : 1, 1_000_000_000);
  checkWhole(name, "frameSkip", frameSkip, 1, 60);
  checkWhole(name, "noops", noops, 0, 10_000);
  checkWhole(name, "maxSteps", maxSteps, 1, LONGEST_EPISODE);
  for (const [option, value] of Object.entries({ sticky, epsilon })) {
    if (!(value >= 0 && value <= 1)) {
      throw new RangeError(`${name}, ${option}: expected a number from 0 to 1 but found ${value}`);
    }
  }
  const rom = md5(readRom(game));
  return { game: name, policy, frames, seed, preprocess, frameSkip, sticky, noops, epsilon, maxSteps, rom };
}

/** A game with the pictures that a recording keeps. */
export type RecordingEnv = ScreenPreprocessing | AtariPreprocessing | ColourPreprocessing;

/**
 * The environment of a recording. Its `env` is the game itself, frame by frame.
 *
 * @param onFrame told after each emulated frame
 */
export function recordingEnv(settings: AtariRecordingSettings, onFrame?: (game: AtariEnv) => void): RecordingEnv {
  const { game, preprocess, frameSkip, sticky, noops } = settings;
  const options = { observation: "ram", frameSkip: 1, repeatActionProbability: sticky, maxFrames: 0 } as const;
  const env = onFrame ? new WatchedEnv(game, options) : new AtariEnv(game, options);
  if (env instanceof WatchedEnv) env.onFrame = onFrame!;
  if (preprocess === "grey") return new AtariPreprocessing(env, { frameSkip, noopMax: noops });
  if (preprocess === "colour") return new ColourPreprocessing(env, { frameSkip, noopMax: noops });
  return new ScreenPreprocessing(env, { frameSkip, noopMax: noops });
}

/** A game that shows every frame, whatever is wrapped around it. */
class WatchedEnv extends AtariEnv {
  onFrame: (game: AtariEnv) => void = () => {};

  override step(action: number): ReturnType<AtariEnv["step"]> {
    const step = super.step(action);
    this.onFrame(this);
    return step;
  }
}

/** The seed of one episode: all of its random streams begin with it. */
export function episodeSeed({ seed }: Pick<AtariRecordingSettings, "seed">, episode: number): number {
  return Stream.named(seed, `atari/recording/episode-${episode}`).uint32();
}
