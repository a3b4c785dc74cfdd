/** Every state that an environment can reach, and every step that changes it: what a world model can be judged by. */

import { MiniGrid, type StateMiniGrid } from "./minigrid.ts";
import { ACTION_NAMES_MINIGRID } from "./rules.ts";

/** A state: where the agent is; what else changes is told by `cells` of the snapshot. */
export interface GroundState {
  readonly x: number;
  readonly y: number;
  /** 0 right, 1 down, 2 left, 3 up. */
  readonly heading: number;
  /** Whether an episode ends there. */
  readonly terminal: boolean;
}

/** A step that changes the state. */
export interface GroundTransition {
  /** Index of the state before and after. */
  readonly from: number;
  readonly to: number;
  readonly action: number;
}

/** All states, and all steps between them. */
export interface GroundTruth {
  readonly states: readonly GroundState[];
  /** The picture of each state. */
  readonly frames: readonly Uint8Array[];
  /** Steps that change the state, those into states that end the episode left out unless they were asked for. */
  readonly transitions: readonly GroundTransition[];
}

/** How states are found and drawn. */
export interface GroundTruthOptions {
  /** Draws a state; default the whole world with 32 pixels a cell. */
  readonly draw?: (env: MiniGrid) => Uint8Array;
  /** Whether states that end an episode count; default false: the original never records them. */
  readonly terminal?: boolean;
  /** Seed of the level. */
  readonly seed?: number;
  /** Gives up beyond so many states; default 100,000. */
  readonly maxStates?: number;
}

/**
 * Walks through all states that can be reached from a level's start, breadth first. Two snapshots are one state when cells,
 * agent and load are equal. For Empty-5x5: 32 states and 84 changing transitions (spec 3 §2.1).
 *
 * @param name of an environment in which nothing but the agent moves
 * @throws RangeError for an environment with moving obstacles, or one with too many states
 *
 * @example
 * ```ts
 * import { groundTruth } from "@tessera/worlds";
 * const { states, transitions } = groundTruth("Empty-5x5");
 * console.log(states.length, transitions.length); // 32 84
 * ```
 */
export function groundTruth(name: string, options: GroundTruthOptions = {}): GroundTruth {
  const { draw = (env) => env.render(), terminal = false, seed = 0, maxStates = 100_000 } = options;
  const env = new MiniGrid(name);
  env.reset(seed);
  const start = env.snapshot();
  if (start.obstacles.length > 0) {
    throw new RangeError(`${env.name}: expected a world at rest but found obstacles that move`);
  }
  const index = new Map<string, number>(), snapshots: StateMiniGrid[] = [];
  const states: GroundState[] = [], frames: Uint8Array[] = [], transitions: GroundTransition[] = [];
  const enter = (snapshot: StateMiniGrid, over: boolean): number => {
    const key = keyOf(snapshot), known = index.get(key);
    if (known !== undefined) return known;
    if (snapshots.length >= maxStates) throw new RangeError(`${env.name}: expected at most ${maxStates} states`);
    const [x, y, heading] = snapshot.agent;
    index.set(key, snapshots.length);
    states.push({ x, y, heading, terminal: over });
    // The walk is no episode: every state is as new, so that the limit of steps ends none.
    snapshots.push({ ...snapshot, steps: 0, phase: over ? "over" : "running" });
    frames.push(draw(env));
    return snapshots.length - 1;
  };
  enter(start, false);
  for (let from = 0; from < snapshots.length; from++) {
    if (states[from].terminal) continue;
    for (let action = 0; action < ACTION_NAMES_MINIGRID.length; action++) {
      env.restore(snapshots[from]);
      const { terminated } = env.step(action), after = env.snapshot();
      if (keyOf(after) === keyOf(snapshots[from]) || (terminated && !terminal)) continue;
      transitions.push({ from, to: enter(after, terminated), action });
    }
  }
  return { states, frames, transitions };
}

function keyOf({ cells, agent, carrying }: StateMiniGrid): string {
  return `${agent.join()}/${carrying}/${cells.join()}`;
}
