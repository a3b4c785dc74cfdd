/** What is usually wrapped around an Atari game: Gymnasium's `AtariPreprocessing`. Spec 2 §2.2. */
import { Stream, type StreamState } from "../../random.ts";
import { type Environment, EpisodeOverError, type Info, type Step } from "../environment.ts";
import { AtariAction, type AtariActionName } from "./actions.ts";
import type { AtariEnv, StateAtari } from "./atari_env.ts";
import { SCREEN_HEIGHT, SCREEN_WIDTH } from "./console.ts";
import { coloursToGrey, coloursToRgb } from "./palette.ts";
import { AreaResize } from "./resize.ts";

/** Options by Gymnasium's names, with its defaults. */
export interface AtariPreprocessingOptions {
  /** An episode begins with 1 to so many frames of nothing; default 30; 0 for none. */
  readonly noopMax?: number;
  /** Frames per step; default 4. */
  readonly frameSkip?: number;
  /** Side of the square pictures; default 84. */
  readonly screenSize?: number;
  /** Whether an episode ends with a life; default false. */
  readonly terminalOnLifeLoss?: boolean;
  /** Grey instead of red, green, blue; default true. */
  readonly grayscale?: boolean;
  /** Whether grey pictures have an axis for their one channel; default false. */
  readonly newAxis?: boolean;
}

/** The whole state, plain data. */
export interface StateAtariPreprocessing {
  /** The game. */
  readonly env: StateAtari;
  /** The last frame, brightened by the one before: [210, 160, channels]. */
  readonly newest: Uint8Array;
  /** The frame before the last one of a step. */
  readonly before: Uint8Array;
  /** Lives at the last look. */
  readonly lives: number;
  /** "fresh" before the first reset. */
  readonly phase: "fresh" | "running" | "over";
  /** The stream of idle beginnings. */
  readonly random: StreamState;
}

/**
 * Grey pictures of 84 × 84 every four frames, each the brighter of the last two frames. Observations are bytes; `scaleObservation` makes of them what
 * Gymnasium's `scale_obs` does.
 *
 * As in Gymnasium, a step that ends early returns the last full picture, not the game's last one.
 *
 * @example
 * ```ts
 * import { AtariEnv, AtariPreprocessing, FrameStack } from "@tessera/worlds";
 * const game = new AtariEnv("Breakout", { frameSkip: 1, observation: "ram" });
 * const env = new FrameStack(new AtariPreprocessing(game, { newAxis: true }), 4);
 * env.reset(0); // [4, 84, 84, 1] bytes
 * ```
 */
export class AtariPreprocessing implements Environment<StateAtariPreprocessing> {
  readonly name: string;
  readonly actionCount: number;
  readonly observationShape: readonly number[];
  readonly observationValues = 256;
  /** Names of the actions, in order. */
  readonly actionNames: readonly AtariActionName[];
  readonly #env: AtariEnv;
  readonly #options: Required<AtariPreprocessingOptions>;
  readonly #resize: AreaResize;
  #newest: Uint8Array;
  #before: Uint8Array;
  #lives = 0;
  #phase: StateAtariPreprocessing["phase"] = "fresh";
  #random = Stream.named(0, NOOPS);

  /**
   * Wraps a game that plays one frame per step. Its own observations are not looked at; "ram" costs least.
   *
   * @throws RangeError for a game that skips frames itself and for options out of range
   */
  constructor(env: AtariEnv, options: AtariPreprocessingOptions = {}) {
    const { noopMax = 30, frameSkip = 4, screenSize = 84 } = options;
    const { terminalOnLifeLoss = false, grayscale = true, newAxis = false } = options;
    if (env.frameSkip !== 1) {
      throw new RangeError(
        `${env.name}, preprocessing: expected a game with frameSkip 1 but found ${env.frameSkip}; frames would be skipped twice`,
      );
    }
    checkWhole(env.name, "noopMax", noopMax, 0, 10_000);
    checkWhole(env.name, "frameSkip", frameSkip, 1, 1_000);
    checkWhole(env.name, "screenSize", screenSize, 1, SCREEN_WIDTH);
    const channels = grayscale ? 1 : 3;
    this.#env = env;
    this.#options = { noopMax, frameSkip, screenSize, terminalOnLifeLoss, grayscale, newAxis };
    this.#resize = new AreaResize([SCREEN_HEIGHT, SCREEN_WIDTH], [screenSize, screenSize], channels);
    this.#newest = new Uint8Array(SCREEN_HEIGHT * SCREEN_WIDTH * channels);
    this.#before = new Uint8Array(this.#newest.length);
    this.name = env.name;
    this.actionCount = env.actionCount;
    this.actionNames = env.actionNames;
    this.observationShape = [screenSize, screenSize, ...grayscale ? newAxis ? [1] : [] : [3]];
  }

  /** Starts an episode. Without a seed the random numbers go on where they are. */
  reset(seed?: number): { observation: Uint8Array; info: Info } {
    if (seed !== undefined) this.#random = Stream.named(seed, NOOPS);
    const { noopMax } = this.#options;
    let { info } = this.#env.reset(seed);
    const noops = noopMax > 0 ? 1 + this.#random.below(noopMax) : 0;
    for (let i = 0; i < noops; i++) {
      const step = this.#env.step(AtariAction.NOOP);
      info = step.terminated || step.truncated ? this.#env.reset(seed).info : step.info;
    }
    this.#lives = this.#env.lives;
    this.#newest = this.#grab();
    this.#before.fill(0);
    this.#phase = "running";
    return { observation: this.observe(), info };
  }

  step(action: number): Step {
    if (this.#phase !== "running") throw new EpisodeOverError(this.name, this.#phase === "over");
    const { frameSkip, terminalOnLifeLoss } = this.#options;
    let reward = 0, terminated = false, truncated = false, info: Info = {};
    for (let frame = 0; frame < frameSkip && !terminated && !truncated; frame++) {
      const step = this.#env.step(action);
      reward += step.reward;
      ({ terminated, truncated, info } = step);
      if (terminalOnLifeLoss) {
        terminated ||= this.#env.lives < this.#lives;
        this.#lives = this.#env.lives;
      }
      if (terminated || truncated) continue; // before the picture is taken
      if (frame === frameSkip - 2) this.#before = this.#grab();
      else if (frame === frameSkip - 1) this.#newest = this.#grab();
    }
    if (terminated || truncated) this.#phase = "over";
    if (frameSkip > 1) this.#newest = brighter(this.#newest, this.#before);
    return { observation: this.observe(), reward, terminated, truncated, info };
  }

  #grab(): Uint8Array {
    return this.#options.grayscale ? coloursToGrey(this.#env.screen()) : coloursToRgb(this.#env.screen());
  }

  legalActions(): readonly number[] {
    return this.#phase === "running" ? Array.from({ length: this.actionCount }, (_, action) => action) : [];
  }

  /** The last observation again. */
  observe(): Uint8Array {
    return this.#resize.apply(this.#newest);
  }

  /** The game inside. Stepping it leaves this wrapper behind. */
  get env(): AtariEnv {
    return this.#env;
  }

  snapshot(): StateAtariPreprocessing {
    return {
      env: this.#env.snapshot(),
      newest: this.#newest.slice(),
      before: this.#before.slice(),
      lives: this.#lives,
      phase: this.#phase,
      random: this.#random.state(),
    };
  }

  restore({ env, newest, before, lives, phase, random }: StateAtariPreprocessing): void {
    this.#env.restore(env);
    [this.#newest, this.#before, this.#lives, this.#phase] = [newest.slice(), before.slice(), lives, phase];
    this.#random = Stream.restore(random);
  }

  clone(): AtariPreprocessing {
    const copy = new AtariPreprocessing(this.#env.clone(), this.#options);
    copy.restore(this.snapshot());
    return copy;
  }
}

const NOOPS = "atari/noops";

/** The brighter of two pictures, byte by byte. */
export function brighter(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => Math.max(byte, b[i]));
}

/** Gymnasium's `scale_obs`: bytes to numbers in [0, 1], in 32-bit floating point. */
export function scaleObservation(observation: Uint8Array): Float32Array {
  return Float32Array.from(observation, (byte) => byte / 255);
}

/** Exported for the other preprocessing. */
export function checkWhole(name: string, option: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name}, ${option}: expected an integer from ${least} to ${most} but found ${value}`);
}
