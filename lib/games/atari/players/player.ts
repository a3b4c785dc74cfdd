/** Players that read the console's memory. They show what a game gives away, and record episodes that go somewhere. */

/** Chooses the next action. Equal memories give equal actions, except for the random player. */
export interface AtariPlayer {
  /** A number of `AtariAction`, of those that the game needs. `ram` is [128], as after the last frame. */
  act(ram: Uint8Array): number;
}

/** What a player knows about how it is asked. */
export interface PlayerOptions {
  /** Frames for which an action will be held: the aim must be as wide as the step. Default 1. */
  readonly frameSkip?: number;
  /** For the random player. Default 0. */
  readonly seed?: number;
}

/** A byte as a signed number. */
export function signed(byte: number): number {
  return byte << 24 >> 24;
}
