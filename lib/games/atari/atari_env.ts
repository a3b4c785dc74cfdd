/** Atari games as an environment: what Gymnasium registers as `ALE/<Game>-v5`. Spec 2 §2.2. */
import { Stream, type StreamState } from "../../random.ts";
import { type Environment, EpisodeOverError, IllegalActionError, type Info, type Step } from "../environment.ts";
import { ATARI_ACTION_NAMES, AtariAction, type AtariActionName } from "./actions.ts";
import { type AtariOptions, checkedOptions, OBSERVATION_SHAPES } from "./atari_options.ts";
import type { GameDefinition, GameStatus } from "./game_definition.ts";
import { GameSession, type SessionState } from "./game_session.ts";
import { atariGame } from "./games/list.ts";
import { type ConsoleState, makeConsole } from "./make_console.ts";
import { averageColours, coloursToGrey, coloursToRgb } from "./palette.ts";

/** The whole state, plain data. */
export interface StateAtari {
  /** Console, paddle and score. */
  readonly session: SessionState<ConsoleState>;
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
  readonly #session: GameSession<ConsoleState>;
  /** The first frame of every episode, once it is known; shared with clones. */
  #start: { state: SessionState<ConsoleState> | null } = { state: null };
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
    this.#options = checkedOptions(this.game, options);
    const { observation, fullActionSpace, mode, difficulty, rom } = this.#options;
    this.name = `ALE/${this.game.name}-v5`;
    this.#actions = fullActionSpace ? Object.values(AtariAction) : this.game.actions;
    this.actionNames = this.#actions.map((action) => ATARI_ACTION_NAMES[action]);
    this.actionCount = this.#actions.length;
    this.observationShape = OBSERVATION_SHAPES[observation];
    const console = makeConsole();
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
