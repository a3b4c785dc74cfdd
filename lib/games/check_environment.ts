/** One checker for all games: does an environment keep the promises of its interface? */

import { Stream } from "../random.ts";
import { type Environment, EpisodeOverError, IllegalActionError, type Step } from "./environment.ts";

/** Options of `checkEnvironment`. */
export interface CheckOptions {
  /** Episodes to play with random legal actions; default 5. */
  episodes?: number;
  /** An episode that does not end within so many steps is left there; default 2,000. */
  maxSteps?: number;
  /** Seed of the random actions; default 0. */
  seed?: number;
  /** Demand that at least one episode ends within `maxSteps`, so that the rules after the end are tested; default true. */
  mustEnd?: boolean;
}

/** What was played. */
export interface CheckReport {
  /** Steps played, replays not counted. */
  steps: number;
  /** Episodes that came to their end. */
  ended: number;
}

/**
 * Plays random episodes and checks: equal seeds and actions give equal episodes; observations, rewards and actions lie
 * in their spaces; an observation is the caller's own; illegal actions are refused, change nothing, and the error lists
 * the legal ones; `step` after the end (and before a reset) is refused; `snapshot`, `restore` and `clone` are exact and
 * independent.
 *
 * @throws Error with the environment's name, episode and step, and the promise that was broken
 */
export function checkEnvironment<State>(create: () => Environment<State>, options: CheckOptions = {}): CheckReport {
  const { episodes = 5, maxSteps = 2000, seed = 0, mustEnd = true } = options;
  const fresh = create();
  require(
    fresh,
    "before reset",
    throws(() => fresh.step(0)) instanceof EpisodeOverError,
    "step before reset is refused",
  );
  const report = { steps: 0, ended: 0 };
  for (let episode = 0; episode < episodes; episode++) {
    const env = create();
    const played = playChecked(env, episode, maxSteps, Stream.named(seed, `check/${episode}`));
    report.steps += played.actions.length;
    report.ended += Number(played.over);
    replayChecked(create(), episode, played, "an instance of its own");
    replayChecked(env, episode, played, "the same instance after reset");
  }
  require(fresh, "all episodes", report.ended > 0 || !mustEnd, `an episode ends within ${maxSteps} steps`);
  return report;
}

/** What an episode showed: the actions, and what came back as one line of text per step. */
interface Played {
  actions: number[];
  lines: string[];
  over: boolean;
}

function playChecked<State>(env: Environment<State>, episode: number, maxSteps: number, stream: Stream): Played {
  const first = env.reset(episode);
  checkObservation(env, `episode ${episode}, reset`, first.observation);
  const played: Played = { actions: [], lines: [line(first)], over: false };
  for (let step = 0; step < maxSteps && !played.over; step++) {
    const at = `episode ${episode}, step ${step}`;
    const legal = env.legalActions();
    const ordered = legal.every((action, i) => Number.isInteger(action) && action > (i ? legal[i - 1] : -1));
    require(env, at, legal.length > 0 && ordered, "legal actions are ascending integers, at least one");
    require(env, at, legal[legal.length - 1] < env.actionCount, "legal actions are below actionCount");
    if (step % 16 === 0) checkRefusals(env, at, legal);
    const branch = step % 16 === 8 ? checkBranch(env, at, legal, stream) : null;

    const action = legal[stream.below(legal.length)];
    const result = env.step(action);
    checkObservation(env, at, result.observation);
    require(env, at, Number.isFinite(result.reward), "the reward is a finite number");
    played.actions.push(action);
    played.lines.push(line(result));
    played.over = result.terminated || result.truncated;
    branch?.(action, line(result));
    result.observation.fill(255); // must not reach the environment; the replay would show it
  }
  if (played.over) {
    const at = `episode ${episode}, after the end`;
    require(env, at, env.legalActions().length === 0, "no action is legal");
    for (const action of [0, -1]) {
      require(env, at, throws(() => env.step(action)) instanceof EpisodeOverError, "step is refused");
    }
  }
  return played;
}

/** The same seed and actions must show the same, also after a restored snapshot. */
function replayChecked<State>(env: Environment<State>, episode: number, played: Played, what: string): void {
  const first = line(env.reset(episode));
  require(env, `episode ${episode}, reset`, first === played.lines[0], `${what} starts alike`);
  played.actions.forEach((action, step) => {
    const same = line(env.step(action)) === played.lines[step + 1];
    require(env, `episode ${episode}, step ${step}`, same, `${what} shows the same for the same seed and actions`);
  });
}

/** Goes another way on a copy, comes back, and tells a function that compares the copies with the original's step. */
function checkBranch<State>(env: Environment<State>, at: string, legal: readonly number[], stream: Stream) {
  const saved = env.snapshot(), kept = structuredClone(saved);
  const copy = env.clone(), other = env.clone();
  for (let step = 0; step < 8 && other.legalActions().length > 0; step++) {
    const choices = other.legalActions();
    other.step(choices[stream.below(choices.length)]);
  }
  require(env, at, String(env.legalActions()) === String(legal), "playing on a clone leaves the original alone");
  other.restore(kept);
  return (action: number, shown: string) => {
    require(env, at, line(copy.step(action)) === shown, "a clone continues exactly");
    require(env, at, line(other.step(action)) === shown, "a restored snapshot continues exactly");
    copy.restore(saved);
    require(env, at, line(copy.step(action)) === shown, "a snapshot is not changed by later steps");
  };
}

function checkRefusals<State>(env: Environment<State>, at: string, legal: readonly number[]): void {
  const illegal = [-1, env.actionCount, 0.5, NaN, Infinity];
  for (let action = 0; action < env.actionCount; action++) if (!legal.includes(action)) illegal.push(action);
  const before = env.clone();
  for (const action of illegal) {
    const error = throws(() => env.step(action));
    require(env, at, error instanceof IllegalActionError, `action ${action} is refused with IllegalActionError`);
    const lists = String((error as IllegalActionError).legal) === String(legal);
    require(
      env,
      at,
      lists && (error as Error).message.includes(legal.join(", ")),
      "the refusal lists the legal actions",
    );
  }
  const choice = legal[0], same = line(env.clone().step(choice)) === line(before.step(choice));
  require(env, at, same, "a refused action changes nothing");
}

function checkObservation<State>(env: Environment<State>, at: string, observation: Uint8Array): void {
  const size = env.observationShape.reduce((product, length) => product * length, 1);
  require(
    env,
    at,
    observation instanceof Uint8Array && observation.length === size,
    `the observation has ${size} bytes`,
  );
  const below = observation.every((value) => value < env.observationValues);
  require(env, at, below, `observed bytes are below ${env.observationValues}`);
}

function line(shown: Partial<Step>): string {
  const { observation, reward, terminated, truncated, info } = shown;
  return JSON.stringify([Array.from(observation!), reward, terminated, truncated, info]);
}

function throws(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return null;
}

function require<State>(env: Environment<State>, at: string, holds: boolean, promise: string): void {
  if (!holds) throw new Error(`${env.name}, ${at}: expected that ${promise}`);
}
