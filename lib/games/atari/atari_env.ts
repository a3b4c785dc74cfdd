/** Atari games as an environment: what Gymnasium registers as `ALE/<Game>-v5`. Spec 2 §2.2. */
import { Stream, type StreamState } from "../../random.ts";
import { type Environment, EpisodeOverError, IllegalActionError, type Info, type Step } from "../environment.ts";
import { ATARI_ACTION_NAMES, AtariAction, type AtariActionName } from "./actions.ts";
import { RAM_SIZE, SCREEN_HEIGHT, SCREEN_WIDTH } from "./console.ts";
import type { GameDefinition, GameStatus } from "./game_definition.ts";
import { GameSession, type SessionState } from "./game_session.ts";
import { atariGame } from "./games/list.ts";
import { averageColours, coloursToGrey, coloursToRgb } from "./palette.ts";
import { readRom } from "./rom_store.ts";
import { StellaConsole, type StellaState } from "./stella/stella_console.ts";

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

/** The whole state, plain data. */
export interface StateAtari {
  /** Console, paddle and score. */
  readonly session: SessionState<StellaState>;
  /** The action of the last frame, as a number of `AtariAction`. */
  readonly executed: number;
  /** Emulated frames of this episode. */
  readonly episodeFrames: number;
  /** Emulated frames since the last seed. */
  readonly frames: number;
  /** "fresh" before the first reset. */
  readonly phase: "fresh" | "running" | "over";
  /** The stream of actions that stick. */
  readonly random: StreamState;
}

const OBSERVATION_SHAPES: Readonly<Record<AtariObservation, readonly number[]>> = {
  rgb: [SCREEN_HEIGHT, SCREEN_WIDTH, 3],
  grayscale: [SCREEN_HEIGHT, SCREEN_WIDTH],
  ram: [RAM_SIZE],
  colours: [SCREEN_HEIGHT, SCREEN_WIDTH],
};

/**
 * A game on the Atari 2600. `info` holds `lives`, `episodeFrameNumber` and `frameNumber`.
 *
 * Every episode begins at the same frame, so the frames up to there are run only once per instance and its clones.
 *
 * @example
 * ```ts
 * import { AtariEnv } from "@tessera/worlds";
 * const env = new AtariEnv("Breakout", { repeatActionProbability: 0 });
 * env.reset(0);
 * const { observation, reward, info } = env.step(1); // FIRE for four frames; [210, 160, 3] bytes
 * ```
 */
export class AtariEnv implements Environment<StateAtari> {
  readonly name: string;
  readonly actionCount: number;
  readonly observationShape: readonly number[];
  readonly observationValues = 256;
  /** Names of the actions, in order. */
  readonly actionNames: readonly AtariActionName[];
  /** The game. */
  readonly game: GameDefinition;
  readonly #options: Required<AtariOptions>;
  /** Numbers of `AtariAction`. */
  readonly #actions: readonly number[];
  readonly #session: GameSession<StellaState>;
  /** The first frame of every episode, once it is known; shared with clones. */
  #start: { state: SessionState<StellaState> | null } = { state: null };
  #executed: number = AtariAction.NOOP;
  #episodeFrames = 0;
  #frames = 0;
  #phase: StateAtari["phase"] = "fresh";
  #random = Stream.named(0, STICKY);

  /**
   * An environment that waits for its first `reset`.
   *
   * @param game its name, with or without "ALE/" and "-v5", or the definition of a game that is not in `ATARI_GAMES`
   * @throws RangeError for a name that does not exist (it lists those that do) and for options out of range
   * @throws RomError if the cartridge is not on this machine, or not the right one
   */
  constructor(game: string | GameDefinition, options: AtariOptions = {}) {
    this.game = typeof game === "string" ? atariGame(game) : game;
    this.#options = checked(this.game, options);
    const { observation, fullActionSpace, mode, difficulty, rom } = this.#options;
    this.name = `ALE/${this.game.name}-v5`;
    this.#actions = fullActionSpace ? Object.values(AtariAction) : this.game.actions;
    this.actionNames = this.#actions.map((action) => ATARI_ACTION_NAMES[action]);
    this.actionCount = this.#actions.length;
    this.observationShape = OBSERVATION_SHAPES[observation];
    const console = new StellaConsole();
    console.load(rom, { paddles: this.game.controller !== "joystick" });
    this.#session = new GameSession(this.game, console, mode, difficulty);
  }

  /** Starts an episode. Without a seed the random numbers go on where they are, as in Gymnasium. */
  reset(seed?: number): { observation: Uint8Array; info: Info } {
    if (seed !== undefined) {
      this.#random = Stream.named(seed, STICKY);
      this.#frames = 0;
    }
    if (this.#start.state === null) {
      this.#session.reset();
      this.#start.state = this.#session.snapshot();
    } else this.#session.restore(this.#start.state);
    this.#executed = AtariAction.NOOP;
    this.#episodeFrames = 0;
    this.#phase = "running";
    return { observation: this.observe(), info: this.#info() };
  }

  step(action: number): Step {
    if (this.#phase !== "running") throw new EpisodeOverError(this.name, this.#phase === "over");
    if (!(Number.isInteger(action) && action >= 0 && action < this.actionCount)) {
      throw new IllegalActionError(this.name, action, this.legalActions());
    }
    let reward = 0;
    for (let frame = 0; frame < this.#options.frameSkip && !this.#over(); frame++) {
      reward += this.#frame(this.#actions[action]).reward;
    }
    if (this.#over()) this.#phase = "over";
    const terminated = this.#session.status.terminal, truncated = this.#truncated();
    return { observation: this.observe(), reward, terminated, truncated, info: this.#info() };
  }

  /** One emulated frame; a number is drawn even if nothing can stick, so that streams stay in step. */
  #frame(action: number): GameStatus {
    if (this.#random.uniform() >= this.#options.repeatActionProbability) this.#executed = action;
    this.#episodeFrames++;
    this.#frames++;
    return this.#session.frame(this.#executed);
  }

  #truncated(): boolean {
    const { maxFrames } = this.#options;
    return maxFrames > 0 && this.#episodeFrames >= maxFrames;
  }

  #over(): boolean {
    return this.#session.status.terminal || this.#truncated();
  }

  #info(): Info {
    return { lives: this.lives, episodeFrameNumber: this.#episodeFrames, frameNumber: this.#frames };
  }

  legalActions(): readonly number[] {
    return this.#phase === "running" ? Array.from({ length: this.actionCount }, (_, action) => action) : [];
  }

  /** Lives left; 0 for games without lives, and at the end. */
  get lives(): number {
    return this.#session.status.lives;
  }

  /** The score that the game shows. */
  get score(): number {
    return this.#session.status.score;
  }

  /** Emulated frames per step. */
  get frameSkip(): number {
    return this.#options.frameSkip;
  }

  /** The picture: [210, 160] colour bytes of the TIA; a copy. */
  screen(): Uint8Array {
    const { screen, previousScreen } = this.#session;
    return this.#options.colourAveraging ? averageColours(screen, previousScreen) : screen.slice();
  }

  /** The memory, [128] bytes; a copy. */
  ram(): Uint8Array {
    return this.#session.console.ram.slice();
  }

  /** What the options ask to see. */
  observe(): Uint8Array {
    const { observation } = this.#options;
    if (observation === "ram") return this.ram();
    if (observation === "colours") return this.screen();
    return observation === "rgb" ? coloursToRgb(this.screen()) : coloursToGrey(this.screen());
  }

  snapshot(): StateAtari {
    return {
      session: this.#session.snapshot(),
      executed: this.#executed,
      episodeFrames: this.#episodeFrames,
      frames: this.#frames,
      phase: this.#phase,
      random: this.#random.state(),
    };
  }

  restore({ session, executed, episodeFrames, frames, phase, random }: StateAtari): void {
    this.#session.restore(session);
    [this.#executed, this.#episodeFrames, this.#frames] = [executed, episodeFrames, frames];
    [this.#phase, this.#random] = [phase, Stream.restore(random)];
  }

  clone(): AtariEnv {
    const copy = new AtariEnv(this.game, this.#options);
    copy.#start = this.#start;
    copy.restore(this.snapshot());
    return copy;
  }
}

const STICKY = "atari/sticky";

function checked(game: GameDefinition, options: AtariOptions): Required<AtariOptions> {
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
