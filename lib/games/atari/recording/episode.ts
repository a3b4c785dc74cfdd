/** Playing and keeping one episode. */
import type { Trajectory } from "../../../data/mod.ts";
import { Stream } from "../../../random.ts";
import type { Step } from "../../environment.ts";
import { SCREEN_HEIGHT, SCREEN_WIDTH } from "../console.ts";
import { NTSC_RGB } from "../palette.ts";
import { atariPlayer } from "../players/list.ts";
import { SMALL_HEIGHT, SMALL_WIDTH } from "../resize.ts";
import { type AtariPictures, type AtariRecordingSettings, episodeSeed, type RecordingEnv } from "./settings.ts";

/** [256, 3]: red green blue of each colour byte. Bit 0 has no meaning to the TIA. */
const PALETTE = Uint8Array.from({ length: 768 }, (_, i) => NTSC_RGB[3 * (Math.floor(i / 3) >> 1) + i % 3]);

const LOOKS: Readonly<Record<AtariPictures, Pick<Trajectory, "height" | "width" | "channels" | "palette">>> = {
  none: { height: SCREEN_HEIGHT, width: SCREEN_WIDTH, channels: 1, palette: PALETTE },
  grey: { height: 84, width: 84, channels: 1, palette: null },
  colour: { height: SMALL_HEIGHT, width: SMALL_WIDTH, channels: 3, palette: null },
};

/** An episode that is being played. */
export class EpisodeKeeper {
  readonly #pictures: Uint8Array[];
  readonly #lives: number[];
  readonly #actions: number[] = [];
  readonly #rewards: number[] = [];
  #terminated = false;

  /** Begins with the picture and the lives after the reset. */
  constructor(readonly preprocess: AtariPictures, first: Uint8Array, lives: number) {
    this.#pictures = [first];
    this.#lives = [lives];
  }

  /** Keeps a step. `action` is its index in the game's action set. */
  add(action: number, { observation, reward, terminated }: Step, lives: number): void {
    this.#pictures.push(observation);
    this.#lives.push(lives);
    this.#actions.push(action);
    this.#rewards.push(reward);
    this.#terminated = terminated;
  }

  /** Pictures so far. */
  get frames(): number {
    return this.#pictures.length;
  }

  /** The episode up to here; where the game did not end it, it counts as cut off. */
  trajectory(): Trajectory {
    const frames = new Uint8Array(this.#pictures.reduce((sum, picture) => sum + picture.length, 0));
    let at = 0;
    for (const picture of this.#pictures) {
      frames.set(picture, at);
      at += picture.length;
    }
    return {
      ...LOOKS[this.preprocess],
      frames,
      actions: Uint8Array.from(this.#actions),
      rewards: Float32Array.from(this.#rewards),
      lives: Uint8Array.from(this.#lives),
      terminated: this.#terminated,
      truncated: !this.#terminated && this.#actions.length > 0,
    };
  }
}

/** What may stop an episode from outside. */
export interface EpisodeLimits {
  /** Most frames that are wanted, asked before each step; 0 to give the episode up. Default: no limit. */
  readonly limit?: () => number;
  /** Told after each step how many frames there are. */
  readonly onFrame?: (frames: number) => void;
}

/**
 * Records one episode. It depends on the settings (not on `frames`) and its number alone.
 *
 * @param env made of the same settings by `recordingEnv`; what it played before does not matter
 * @returns null if it was given up
 */
export function recordAtariEpisode(
  settings: AtariRecordingSettings,
  episode: number,
  env: RecordingEnv,
  { limit = () => Infinity, onFrame = () => {} }: EpisodeLimits = {},
): Trajectory | null {
  const seed = episodeSeed(settings, episode), { game } = env.env, { frameSkip, epsilon, maxSteps } = settings;
  const player = atariPlayer(game, settings.policy, { frameSkip, seed });
  const whims = Stream.named(seed, "atari/epsilon");
  const keeper = new EpisodeKeeper(settings.preprocess, env.reset(seed).observation, env.env.lives);
  for (let over = false; !over && keeper.frames <= maxSteps;) {
    const wanted = limit();
    if (wanted <= 0) return null;
    if (keeper.frames >= wanted) break;
    const whim = whims.uniform() < epsilon;
    const chosen = game.actions.indexOf(player.act(env.env.ram()));
    const action = whim ? whims.below(game.actions.length) : chosen;
    const step = env.step(action);
    keeper.add(action, step, env.env.lives);
    over = step.terminated || step.truncated;
    onFrame(keeper.frames);
  }
  return keeper.trajectory();
}
