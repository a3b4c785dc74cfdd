/** What every game offers: an environment with discrete actions and observations of bytes, after Gymnasium's interface. */

/** Facts about a step that are no part of the observation. */
export type Info = Readonly<Record<string, number | boolean | string>>;

/** What `step` tells. */
export interface Step {
  /** Bytes of shape `observationShape`; the caller's own copy. */
  observation: Uint8Array;
  /** The reward of this step. */
  reward: number;
  /** The game is over. */
  terminated: boolean;
  /** The episode is cut off for a reason outside the game, say a limit of steps. */
  truncated: boolean;
  /** Facts about this step. */
  info: Info;
}

/**
 * A game. Equal seeds and actions give equal episodes.
 *
 * @typeParam State what `snapshot` gives: plain data that survives `structuredClone`
 */
export interface Environment<State = unknown> {
  /** Name of the game, as in messages. */
  readonly name: string;
  /** Actions are the integers from 0 to `actionCount - 1`. */
  readonly actionCount: number;
  /** Shape of an observation, say [4, 4]. */
  readonly observationShape: readonly number[];
  /** Observed bytes are below this number (at most 256). */
  readonly observationValues: number;
  /** Starts a new episode. */
  reset(seed: number): { observation: Uint8Array; info: Info };
  /**
   * Takes one action.
   *
   * @throws IllegalActionError which lists the legal actions; the state is unchanged
   * @throws EpisodeOverError before the first `reset` and after the end
   */
  step(action: number): Step;
  /** The actions that `step` accepts now, ascending; empty after the end. */
  legalActions(): readonly number[];
  /** The whole state, including that of the random stream. */
  snapshot(): State;
  /** Continues from a snapshot, exactly, also from one of another instance. */
  restore(state: State): void;
  /** An independent copy. */
  clone(): Environment<State>;
}

/** `step` was called with an action that the present state does not allow. */
export class IllegalActionError extends Error {
  /** "IllegalActionError". */
  override readonly name = "IllegalActionError";

  /** Composes the message from the game, the action and what would have been legal. */
  constructor(game: string, readonly action: number, readonly legal: readonly number[]) {
    super(`${game}: action ${action} is not legal here; expected one of ${legal.join(", ")}`);
  }
}

/** `step` was called on an episode that has ended or has not begun. */
export class EpisodeOverError extends Error {
  /** "EpisodeOverError". */
  override readonly name = "EpisodeOverError";

  /** Composes the message; `begun` tells an ended episode from one that was never started. */
  constructor(game: string, begun: boolean) {
    super(`${game}: the episode ${begun ? "is over" : "has not begun"}; call reset(seed) before step`);
  }
}
