/** Recording MiniGrid with random play. Spec 3 §2.1. */

import { type FrameEpisode, type FrameEpisodes, joinEpisodes } from "../../data/frame_episodes.ts";
import { NumpyRandom } from "../numpy_random.ts";
import { MiniGrid } from "./minigrid.ts";
import { resizeNearest } from "./render.ts";
import { ACTION_NAMES_MINIGRID } from "./rules.ts";

/** Random play: with probability `share` one of `moves`, else any of the seven actions. */
export interface MiniGridPolicy {
  /** Actions to choose from, with equal chances; one that stands twice is twice as likely. */
  readonly moves: readonly number[];
  /** Probability of choosing among them. */
  readonly share: number;
}

/**
 * Policies by name. "published" is the original's, whose comment takes actions 1, 2, 3 for left, right, forward; they are right,
 * forward and pick up, so it hardly ever turns left (spec 3, R1). "intended" is what the comment says.
 */
export const MINIGRID_POLICIES = {
  published: { moves: [1, 2, 3], share: 0.8 },
  intended: { moves: [0, 1, 2], share: 0.8 },
  movement: { moves: [0, 1, 2], share: 1 },
  biased: { moves: [0, 1, 1, 2, 2, 2], share: 1 },
  uniform: { moves: [0, 1, 2, 3, 4, 5, 6], share: 1 },
} as const satisfies Readonly<Record<string, MiniGridPolicy>>;

/** Name of a policy. */
export type PolicyName = keyof typeof MINIGRID_POLICIES;

/** The policy of this name. @throws RangeError that lists what exists */
export function policyNamed(name: string): MiniGridPolicy {
  if (!Object.hasOwn(MINIGRID_POLICIES, name)) {
    const names = Object.keys(MINIGRID_POLICIES).join(", ");
    throw new RangeError(`policy: expected one of ${names} but found "${name}"`);
  }
  return MINIGRID_POLICIES[name as PolicyName];
}

/** What to record. */
export interface RecordMiniGridOptions {
  /** Environment, as MiniGrid registers it; default "Empty-5x5". */
  readonly env?: string;
  /** Episodes. */
  readonly episodes: number;
  /** Default "intended". */
  readonly policy?: PolicyName | MiniGridPolicy;
  /** Most frames of an episode, the last one not counted; default 100. */
  readonly maxFrames?: number;
  /** Seed of the policy's random numbers. */
  readonly seed: number;
  /** Pixels of a cell's side; default 32. */
  readonly tile?: number;
  /** Whether the cells that the agent sees are lit; default true. */
  readonly highlight?: boolean;
  /** Pixels of a frame's side after a nearest-neighbour resize; `null` (default) for no resize. Worlds must be square. */
  readonly size?: number | null;
  /**
   * Whether the action that ends an episode is kept, with the frame that it leads to. The original drops both (R2); default true.
   */
  readonly keepLast?: boolean;
}

/** An episode, and how it ended. */
export interface RecordedEpisode extends FrameEpisode {
  /** Whether the game was over; false when the episode was cut off. */
  readonly terminated: boolean;
}

/** Playing with a generator for the policy and one for the levels, episode after episode. */
interface Session {
  readonly env: MiniGrid;
  readonly random: NumpyRandom;
  readonly policy: MiniGridPolicy;
  readonly options: RecordMiniGridOptions;
}

/**
 * Records episodes. The set is a function of the arguments alone; its first k episodes do not depend on how many follow.
 * The policy draws from one generator `NumpyRandom(seed)`; the levels from another, seeded with the same number.
 *
 * @throws RangeError for an unknown environment or policy, or counts out of range
 *
 * @example
 * ```ts
 * import { recordMiniGrid } from "@tessera/worlds";
 * const recorded = recordMiniGrid({ episodes: 4, seed: 0, tile: 8 }); // frames of 40 × 40 pixels
 * ```
 */
export function recordMiniGrid(options: RecordMiniGridOptions): FrameEpisodes {
  checkCount("episodes", options.episodes, 1, 1_000_000);
  return joinEpisodes([...recordOneMiniGrid(options)].slice(0, options.episodes));
}

/** As `recordMiniGrid`, one episode at a time. */
export function* recordOneMiniGrid(options: RecordMiniGridOptions): Generator<RecordedEpisode> {
  const { env: name = "Empty-5x5", seed, episodes, maxFrames = 100, tile = 32, size = null } = options;
  const policy = checkedPolicy(options.policy ?? "intended");
  checkCount("episodes", episodes, 1, 1_000_000);
  checkCount("tile", tile, 1, 256);
  checkCount("maxFrames", maxFrames, 2, 100_000);
  if (size !== null) checkCount("size", size, 1, 1024);
  const env = new MiniGrid(name), [width, height] = env.size;
  if (size !== null && width !== height) {
    throw new RangeError(`record ${name}: expected a square world to resize but found ${width} × ${height} cells`);
  }
  const session: Session = { env, random: new NumpyRandom(seed), policy, options };
  for (let i = 0; i < episodes; i++) {
    env.reset(i === 0 ? seed : undefined);
    yield recordEpisode(session);
  }
}

function recordEpisode({ env, random, policy, options }: Session): RecordedEpisode {
  const { tile = 32, highlight = true, size = null, maxFrames = 100, keepLast = true } = options;
  const [columns, rows] = env.size, width = size ?? columns * tile, height = size ?? rows * tile;
  const frames: Uint8Array[] = [], actions: number[] = [];
  const look = () => {
    const frame = env.render({ tile, highlight });
    frames.push(size === null ? frame : resizeNearest(frame, columns * tile, size));
  };
  look();
  let terminated = false;
  for (let over = false; !over;) {
    const action = choose(policy, random);
    // MiniGrid takes a number beyond its actions for a turn to the left.
    const step = env.step(action < env.actionCount ? action : 0);
    terminated = step.terminated;
    over = terminated || step.truncated || frames.length >= maxFrames;
    if (over && !keepLast) break;
    actions.push(action);
    look();
  }
  const bytes = new Uint8Array(frames.length * width * height * 3);
  frames.forEach((frame, i) => bytes.set(frame, i * width * height * 3));
  return { height, width, frames: bytes, actions: Uint8Array.from(actions), terminated };
}

/** Draws as the original does: first whether, then which. */
function choose({ moves, share }: MiniGridPolicy, random: NumpyRandom): number {
  if (random.random() < share) return moves[random.integers(0, moves.length)];
  return random.integers(0, 7);
}

function checkedPolicy(policy: PolicyName | MiniGridPolicy): MiniGridPolicy {
  const { moves, share } = typeof policy === "string" ? policyNamed(policy) : policy;
  const known = moves.every((move) => Number.isInteger(move) && move >= 0 && move < ACTION_NAMES_MINIGRID.length);
  if (moves.length === 0 || !known || !(share >= 0 && share <= 1)) {
    throw new RangeError(
      `policy: expected moves from 0 to 6 and a share from 0 to 1 but found [${moves.join(", ")}] and ${share}`,
    );
  }
  return { moves, share };
}

function checkCount(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`record, ${name}: expected an integer from ${least} to ${most} but found ${value}`);
  }
}
