/** How fast a game runs: the measurement that the benchmark prints. */

import { Stream } from "../random.ts";
import type { Environment } from "./environment.ts";

/** What was measured. */
export interface Throughput {
  /** Environment steps, by random legal actions, on one core, without drawing. */
  steps: number;
  /** Wall-clock time of these steps. */
  seconds: number;
  /** The quotient. */
  stepsPerSecond: number;
}

/**
 * Plays random episodes one after another and takes the time, resets and choice of actions included.
 *
 * @param steps how many steps to time, after a tenth as many to warm up
 * @param seed of the actions and the games
 */
export function measureThroughput(env: Environment, steps: number, seed = 0): Throughput {
  if (!(Number.isSafeInteger(steps) && steps > 0)) {
    throw new RangeError(`measureThroughput: expected a positive number of steps but found ${steps}`);
  }
  const stream = Stream.named(seed, "throughput");
  playSteps(env, Math.ceil(steps / 10), stream);
  const start = performance.now();
  playSteps(env, steps, stream);
  const seconds = (performance.now() - start) / 1000;
  return { steps, seconds, stepsPerSecond: steps / seconds };
}

function playSteps(env: Environment, steps: number, stream: Stream): void {
  let over = true;
  for (let i = 0; i < steps; i++) {
    if (over) env.reset(stream.below(2 ** 32));
    const legal = env.legalActions();
    const { terminated, truncated } = env.step(legal[stream.below(legal.length)]);
    over = terminated || truncated;
  }
}
