/** A game on a console, frame by frame: controllers, the reset sequence and the status, as in the Arcade Learning Environment. Spec 2 §2.2. */
import { AtariAction, HELD } from "./actions.ts";
import { type Console, SCREEN_HEIGHT, SCREEN_WIDTH } from "./console.ts";
import type { GameDefinition, GameStatus } from "./game_definition.ts";

/** A paddle's resistance in ALE: its range, its change per frame, and where it stands after a reset. */
export const PADDLE = { least: 27_450, most: 790_196, step: 23_000, middle: 408_823 } as const;

const NOOP_FRAMES = 60, RESET_FRAMES = 4;
/** SELECT is given up after so many presses; no game has as many modes. */
const MOST_PRESSES = 256;

/** Plain data. */
export interface SessionState<State> {
  /** The console. */
  readonly console: State;
  /** Resistance of the player's paddle. */
  readonly paddle: number;
  /** The status after the last frame. */
  readonly status: GameStatus;
  /** The picture before the last one: [210, 160] colour bytes. */
  readonly previous: Uint8Array;
}

/** A console with a game in it. Its pictures are always the last two frames'. */
export class GameSession<State> {
  #paddle: number = PADDLE.middle;
  #status: GameStatus;
  #screen = new Uint8Array(SCREEN_WIDTH * SCREEN_HEIGHT);
  #previous = new Uint8Array(SCREEN_WIDTH * SCREEN_HEIGHT);

  constructor(
    readonly game: GameDefinition,
    readonly console: Console<State>,
    readonly mode: number,
    readonly difficulty: number,
  ) {
    this.#status = game.initial;
  }

  /** The status after the last frame. */
  get status(): GameStatus {
    return this.#status;
  }

  /** The last picture, [210, 160] colour bytes; the session's own. */
  get screen(): Uint8Array {
    return this.#screen;
  }

  /** The picture before; the session's own. */
  get previousScreen(): Uint8Array {
    return this.#previous;
  }

  /** Switches on and goes to where the player takes over: 60 frames of nothing, RESET, the mode, RESET, starting actions. */
  reset(): void {
    this.console.reset();
    this.#paddle = PADDLE.middle;
    for (let i = 0; i < NOOP_FRAMES; i++) this.frame(AtariAction.NOOP);
    this.#pressReset();
    this.#status = this.game.initial;
    this.#selectMode();
    this.#pressReset();
    this.#pressReset();
    for (const action of this.game.startingActions ?? []) this.frame(action);
  }

  #pressReset(): void {
    for (let i = 0; i < RESET_FRAMES; i++) this.frame(AtariAction.NOOP, { reset: true });
  }

  #selectMode(): void {
    const { name, select } = this.game, { ram } = this.console;
    if (select === undefined) return;
    for (let press = 0; ram[select.address] !== this.mode; press++) {
      if (press === MOST_PRESSES) {
        const found = `RAM byte ${select.address} is ${ram[select.address]} after ${press} presses of SELECT`;
        throw new Error(`${name}: expected to reach mode ${this.mode} but ${found}`);
      }
      for (let i = 0; i < select.frames; i++) this.frame(AtariAction.NOOP, { select: true });
      this.frame(AtariAction.NOOP);
    }
  }

  /** One frame with this action held. Returns the status after it. */
  frame(action: number, pressed: { reset?: boolean; select?: boolean } = {}): GameStatus {
    const { console, difficulty } = this;
    console.switches({
      ...pressed,
      leftDifficultyA: (difficulty & 1) !== 0,
      rightDifficultyA: (difficulty & 2) !== 0,
    });
    this.#hold(action);
    console.frame();
    [this.#screen, this.#previous] = [this.#previous, this.#screen];
    console.screen(this.#screen);
    return this.#status = this.game.status(console.ram, this.#status);
  }

  #hold(action: number): void {
    const held = HELD[action], { controller } = this.game;
    if (controller === "joystick") return this.console.joystick(0, held);
    const turned = this.#paddle + (held.right ? -PADDLE.step : held.left ? PADDLE.step : 0);
    this.#paddle = Math.min(PADDLE.most, Math.max(PADDLE.least, turned));
    const [own, other] = controller === "paddles" ? [0, 1] as const : [1, 0] as const;
    this.console.paddle(own, this.#paddle, held.fire);
    this.console.paddle(other, PADDLE.middle, false);
    // In ALE the right jack's paddles stand at no resistance, while a joystick's ports never go high.
    const right = controller === "paddles" ? Infinity : 0;
    for (const paddle of [2, 3] as const) this.console.paddle(paddle, right);
  }

  snapshot(): SessionState<State> {
    return {
      console: this.console.snapshot(),
      paddle: this.#paddle,
      status: { ...this.#status },
      previous: this.#previous.slice(),
    };
  }

  restore({ console, paddle, status, previous }: SessionState<State>): void {
    this.console.restore(console);
    this.console.screen(this.#screen);
    this.#previous.set(previous);
    this.#paddle = paddle;
    this.#status = { ...status };
  }
}
