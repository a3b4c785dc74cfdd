/** What makes a level: its size, limit of steps, and how it is laid out. */

import type { NumpyRandom } from "../../numpy_random.ts";
import type { Outcome } from "../rules.ts";
import type { World } from "../world.ts";

/** A family of levels with its sizes chosen. */
export interface Level {
  /** Truncation after so many steps. */
  readonly maxSteps: number;
  /** Whether the agent sees through walls. */
  readonly seeThrough: boolean;
  /** Lays a level out. The order of the random draws is MiniGrid's, so that the same seed gives the same level. */
  generate(random: NumpyRandom): World;
  /** Columns and rows. */
  readonly width: number;
  readonly height: number;
  /** Actions that count; default 7. */
  readonly actionCount?: number;
  /** Outcomes that end the episode with the success reward; default reaching the goal. */
  readonly success?: Outcome;
}
