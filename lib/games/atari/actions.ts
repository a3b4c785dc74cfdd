/** The 18 actions of the Arcade Learning Environment, in its order. Spec 2 §2.2. */
import type { Joystick } from "./console.ts";

/** What a player can do with a stick and a button, by number. */
export const AtariAction = {
  NOOP: 0,
  FIRE: 1,
  UP: 2,
  RIGHT: 3,
  LEFT: 4,
  DOWN: 5,
  UPRIGHT: 6,
  UPLEFT: 7,
  DOWNRIGHT: 8,
  DOWNLEFT: 9,
  UPFIRE: 10,
  RIGHTFIRE: 11,
  LEFTFIRE: 12,
  DOWNFIRE: 13,
  UPRIGHTFIRE: 14,
  UPLEFTFIRE: 15,
  DOWNRIGHTFIRE: 16,
  DOWNLEFTFIRE: 17,
} as const;

/** The name of an action. */
export type AtariActionName = keyof typeof AtariAction;

/** All 18 names in the order of their numbers. */
export const ATARI_ACTION_NAMES = Object.keys(AtariAction) as readonly AtariActionName[];

/** The stick and button of each action, by number. Names say it: DOWNLEFTFIRE holds down, left and fire. */
export const HELD: readonly Required<Joystick>[] = ATARI_ACTION_NAMES.map((name) => ({
  up: name.includes("UP"),
  down: name.includes("DOWN"),
  left: name.includes("LEFT"),
  right: name.includes("RIGHT"),
  fire: name.includes("FIRE"),
}));
