/** The pictures of experiment 4: red, green, blue, 84 × 64. Spec 4 §2.2 and §2.3. */
import { Stream, type StreamState } from "../../random.ts";
import { type Environment, EpisodeOverError, type Info, type Step } from "../environment.ts";
import { AtariAction, type AtariActionName } from "./actions.ts";
import type { AtariEnv, StateAtari } from "./atari_env.ts";
import { brighter, checkWhole } from "./atari_preprocessing.ts";
import { coloursToRgb } from "./palette.ts";
import { resizeTo84x64, SMALL_HEIGHT, SMALL_WIDTH } from "./resize.ts";

/** How an episode begins and goes on. */
export interface ColourPreprocessingOptions {
  /** An episode begins with 1 to so many frames of nothing; default 30; 0 for none. */
  readonly noopMax?: number;
  /** Then FIRE is pressed for one frame; default true. */
  readonly fireOnReset?: boolean;
  /** Frames per step; default 4. */
  readonly frameSkip?: number;
}

/** The whole state, plain data. */
export interface StateColourPreprocessing {
  /** The game. */
  readonly env: StateAtari;
  /** What was shown last, [84, 64, 3]. */
  readonly shown: Uint8Array;
  /** "fresh" before the first reset. */
  readonly phase: "fresh" | "running" | "over";
  /** The stream of idle beginnings. */
  readonly random: StreamState;
}

/**
 * Pictures [84, 64, 3] in colour every four frames, each the brighter of the last two frames; after the reset, of one frame. A step that ends early
 * shows the brighter of the last two frames that it played, or the only one.
 */
export class ColourPreprocessing implements Environment<StateColourPreprocessing> {
  readonly name: string;
  readonly actionCount: number;
  readonly observationShape: readonly number[] = [SMALL_HEIGHT, SMALL_WIDTH, 3];
  readonly observationValues = 256;
  /** Names of the actions, in order. */
  readonly actionNames: readonly AtariActionName[];
  readonly #env: AtariEnv;
  readonly #options: Required<ColourPreprocessingOptions>;
  /** Which of the game's actions is FIRE; -1 for none. */
  readonly #fire: number;
  #shown: Uint8Array = new Uint8Array(SMALL_HEIGHT * SMALL_WIDTH * 3);
  #phase: StateColourPreprocessing["phase"] = "fresh";
  #random = Stream.named(0, NOOPS);

  /**
   * Wraps a game that plays one frame per step. Its own observations are not looked at; "ram" costs least.
   *
   * @throws RangeError for a game that skips frames itself and for options out of range
   */
  constructor(env: AtariEnv, options: ColourPreprocessingOptions = {}) {
    const { noopMax = 30, fireOnReset = true, frameSkip = 4 } = options;
    checkWhole(env.name, "the game's frameSkip", env.frameSkip, 1, 1);
    checkWhole(env.name, "noopMax", noopMax, 0, 10_000);
    checkWhole(env.name, "frameSkip", frameSkip, 1, 1_000);
    this.#env = env;
    this.#options = { noopMax, fireOnReset, frameSkip };
    this.#fire = env.actionNames.indexOf("FIRE");
    this.name = env.name;
    this.actionCount = env.actionCount;
    this.actionNames = env.actionNames;
  }

  /** Starts an episode. Without a seed the random numbers go on where they are. */
  reset(seed?: number): { observation: Uint8Array; info: Info } {
    if (seed !== undefined) this.#random = Stream.named(seed, NOOPS);
    const { noopMax, fireOnReset } = this.#options;
    let { info } = this.#env.reset(seed);
    const actions: number[] = Array(noopMax > 0 ? 1 + this.#random.below(noopMax) : 0).fill(AtariAction.NOOP);
    if (fireOnReset && this.#fire >= 0) actions.push(this.#fire);
    for (const action of actions) {
      const step = this.#env.step(action);
      info = step.terminated || step.truncated ? this.#env.reset(seed).info : step.info;
    }
    this.#shown = resizeTo84x64(coloursToRgb(this.#env.screen()));
    this.#phase = "running";
    return { observation: this.observe(), info };
  }

  step(action: number): Step {
    if (this.#phase !== "running") throw new EpisodeOverError(this.name, this.#phase === "over");
    let reward = 0, terminated = false, truncated = false, info: Info = {};
    let last: Uint8Array | null = null, before: Uint8Array | null = null;
    for (let frame = 0; frame < this.#options.frameSkip && !terminated && !truncated; frame++) {
      const step = this.#env.step(action);
      reward += step.reward;
      ({ terminated, truncated, info } = step);
      [before, last] = [last, this.#env.screen()];
    }
    if (terminated || truncated) this.#phase = "over";
    const newest = coloursToRgb(last!);
    this.#shown = resizeTo84x64(before === null ? newest : brighter(newest, coloursToRgb(before)));
    return { observation: this.observe(), reward, terminated, truncated, info };
  }

  legalActions(): readonly number[] {
    return this.#phase === "running" ? Array.from({ length: this.actionCount }, (_, action) => action) : [];
  }

  /** The last observation again. */
  observe(): Uint8Array {
    return this.#shown.slice();
  }

  /** The game inside. Stepping it leaves this wrapper behind. */
  get env(): AtariEnv {
    return this.#env;
  }

  snapshot(): StateColourPreprocessing {
    const random = this.#random.state();
    return { env: this.#env.snapshot(), shown: this.#shown.slice(), phase: this.#phase, random };
  }

  restore({ env, shown, phase, random }: StateColourPreprocessing): void {
    this.#env.restore(env);
    [this.#shown, this.#phase, this.#random] = [shown.slice(), phase, Stream.restore(random)];
  }

  clone(): ColourPreprocessing {
    const copy = new ColourPreprocessing(this.#env.clone(), this.#options);
    copy.restore(this.snapshot());
    return copy;
  }
}

const NOOPS = "atari/noops";
