/** MiniGrid as an environment. Spec 3 §2. */

import { type Environment, EpisodeOverError, IllegalActionError, type Info, type Step } from "../environment.ts";
import { NumpyRandom, type NumpyRandomState } from "../numpy_random.ts";
import { blockedAhead, moveObstacles } from "./levels/dynamic_obstacles.ts";
import type { Level } from "./levels/level.ts";
import { levelNamed } from "./levels/list.ts";
import { ObjectType, typeOf } from "./objects.ts";
import { renderView, renderWorld } from "./render.ts";
import { act, Action, ACTION_NAMES_MINIGRID } from "./rules.ts";
import { symbolicView, symbolicWorld, type View, viewOf } from "./view.ts";
import { World } from "./world.ts";

/**
 * What `step` returns to look at, and the wrapper that shows it in MiniGrid: codes of the view (none), codes of the whole world
 * (`FullyObsWrapper`), the picture of the view (`RGBImgPartialObsWrapper`), or that of the whole world (`RGBImgObsWrapper`).
 */
export type MiniGridObservation = "symbolic" | "grid" | "partial" | "full";

/** How an environment is looked at. */
export interface MiniGridOptions {
  /** Default "symbolic". */
  readonly observation?: MiniGridObservation;
  /** Pixels of a cell's side in observations; default 8, as in MiniGrid's wrappers. */
  readonly tile?: number;
  /** Whether pictures light what the agent sees; default true. */
  readonly highlight?: boolean;
  /** Cells of the view's side, odd, at least 3; default 7. */
  readonly view?: number;
}

/** The whole state, plain data. */
export interface StateMiniGrid {
  /** [height · width] cells, row by row. */
  readonly cells: Uint32Array;
  /** Where the agent is, and its heading. */
  readonly agent: readonly [x: number, y: number, heading: number];
  /** What the agent carries; 0 for nothing. */
  readonly carrying: number;
  /** Places of the balls that move. */
  readonly obstacles: readonly (readonly [x: number, y: number])[];
  /** Steps taken in this episode. */
  readonly steps: number;
  /** "fresh" before the first reset. */
  readonly phase: "fresh" | "running" | "over";
  /** The generator of levels and balls. */
  readonly random: NumpyRandomState;
}

/**
 * One of MiniGrid's environments, bit for bit: the same seed gives the same level, the same actions give the same pictures.
 *
 * @example
 * ```ts
 * import { MiniGrid } from "@tessera/worlds";
 * const env = new MiniGrid("DoorKey-6x6", { observation: "full" });
 * env.reset(7);
 * const { observation, reward } = env.step(2); // [48, 48, 3] bytes
 * ```
 */
export class MiniGrid implements Environment<StateMiniGrid> {
  readonly name: string;
  readonly actionCount: number;
  readonly observationShape: readonly number[];
  readonly observationValues: number;
  /** Steps after which an episode is cut off. */
  readonly maxSteps: number;
  /** Columns and rows of the world. */
  readonly size: readonly [width: number, height: number];
  readonly #level: Level;
  readonly #options: Required<MiniGridOptions>;
  #world: World;
  #random = new NumpyRandom(0);
  #steps = 0;
  #phase: StateMiniGrid["phase"] = "fresh";

  /**
   * An environment that waits for its first `reset`.
   *
   * @param name as MiniGrid registers it, with or without "MiniGrid-" and "-v0"
   * @throws RangeError for a name that does not exist (it lists those that do) and for options out of range
   */
  constructor(name: string, options: MiniGridOptions = {}) {
    const { name: short, level } = levelNamed(name);
    const { observation = "symbolic", tile = 8, highlight = true, view = 7 } = options;
    checkOption("tile", tile, 1, 256);
    checkOption("view", view, 3, 63);
    if (view % 2 === 0) throw new RangeError(`MiniGrid, view: expected an odd number of cells but found ${view}`);
    this.name = `MiniGrid-${short}`;
    this.actionCount = level.actionCount ?? ACTION_NAMES_MINIGRID.length;
    this.maxSteps = level.maxSteps;
    this.size = [level.width, level.height];
    const shapes: Readonly<Record<MiniGridObservation, readonly number[]>> = {
      symbolic: [view, view, 3],
      grid: [level.width, level.height, 3],
      partial: [view * tile, view * tile, 3],
      full: [level.height * tile, level.width * tile, 3],
    };
    if (!Object.hasOwn(shapes, observation)) {
      const names = Object.keys(shapes).join(", ");
      throw new RangeError(`MiniGrid, observation: expected one of ${names} but found "${observation}"`);
    }
    this.observationShape = shapes[observation];
    this.observationValues = observation === "symbolic" || observation === "grid" ? 11 : 256;
    this.#level = level;
    this.#options = { observation, tile, highlight, view };
    this.#world = new World(level.width, level.height, false);
  }

  /** Starts an episode. Without a seed the random numbers go on where they are, as in Gymnasium. */
  reset(seed?: number): { observation: Uint8Array; info: Info } {
    if (seed !== undefined) this.#random = new NumpyRandom(seed);
    this.#world = this.#level.generate(this.#random);
    this.#steps = 0;
    this.#phase = "running";
    return { observation: this.observe(), info: {} };
  }

  step(action: number): Step {
    if (this.#phase !== "running") throw new EpisodeOverError(this.name, this.#phase === "over");
    if (!(Number.isInteger(action) && action >= 0 && action < this.actionCount)) {
      throw new IllegalActionError(this.name, action, this.legalActions());
    }
    const { reward, terminated } = this.#advance(action), truncated = this.#steps >= this.maxSteps;
    if (terminated || truncated) this.#phase = "over";
    return { observation: this.observe(), reward, terminated, truncated, info: {} };
  }

  #advance(action: number): { reward: number; terminated: boolean } {
    const { success = "goal" } = this.#level, world = this.#world;
    const blocked = world.obstacles.length > 0 && blockedAhead(world);
    moveObstacles(world, this.#random);
    this.#steps++;
    // Only a ball ends KeyCorridor: its key can be picked up, too.
    const outcome = act(world, action);
    if (blocked && action === Action.forward) return { reward: -1, terminated: true };
    const reached = outcome === success && (outcome !== "picked up" || isBall(world.carrying));
    if (reached) return { reward: 1 - 0.9 * (this.#steps / this.maxSteps), terminated: true };
    return { reward: 0, terminated: outcome === "lava" };
  }

  legalActions(): readonly number[] {
    return this.#phase === "running" ? Array.from({ length: this.actionCount }, (_, action) => action) : [];
  }

  /** What the options ask to see. */
  observe(): Uint8Array {
    const { observation, tile, highlight } = this.#options;
    if (observation === "full") return this.render({ tile, highlight });
    if (observation === "grid") return symbolicWorld(this.#world);
    return observation === "partial" ? renderView(this.view(), tile) : symbolicView(this.view());
  }

  /** The picture of the whole world. @returns [height · tile, width · tile, 3] bytes; tile 32 as in MiniGrid's `render` */
  render({ tile = 32, highlight = true }: { tile?: number; highlight?: boolean } = {}): Uint8Array {
    checkOption("tile", tile, 1, 256);
    return renderWorld(this.#world, tile, highlight ? this.view() : null);
  }

  /** The picture of what the agent sees. @returns [view · tile, view · tile, 3] bytes */
  renderView(tile = 32): Uint8Array {
    checkOption("tile", tile, 1, 256);
    return renderView(this.view(), tile);
  }

  /** What the agent sees. */
  view(): View {
    return viewOf(this.#world, this.#options.view, this.#level.seeThrough);
  }

  /** Cells, agent and load; a copy. */
  world(): World {
    return this.#world.copy();
  }

  /** Steps taken in this episode. */
  get steps(): number {
    return this.#steps;
  }

  snapshot(): StateMiniGrid {
    const { cells, x, y, heading, carrying, obstacles } = this.#world;
    return {
      cells: cells.slice(),
      agent: [x, y, heading],
      carrying,
      obstacles: obstacles.map(({ x, y }) => [x, y] as const),
      steps: this.#steps,
      phase: this.#phase,
      random: this.#random.state(),
    };
  }

  restore({ cells, agent, carrying, obstacles, steps, phase, random }: StateMiniGrid): void {
    const world = new World(...this.size, false);
    if (cells.length !== world.cells.length) {
      throw new RangeError(`${this.name}: expected a state of ${world.cells.length} cells but found ${cells.length}`);
    }
    world.cells.set(cells);
    world.stand(...agent);
    world.carrying = carrying;
    world.obstacles = obstacles.map(([x, y]) => ({ x, y }));
    [this.#world, this.#steps, this.#phase, this.#random] = [world, steps, phase, NumpyRandom.restore(random)];
  }

  clone(): MiniGrid {
    const copy = new MiniGrid(this.name, this.#options);
    copy.restore(this.snapshot());
    return copy;
  }
}

function isBall(cell: number): boolean {
  return typeOf(cell) === ObjectType.ball;
}

function checkOption(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`MiniGrid, ${name}: expected an integer from ${least} to ${most} but found ${value}`);
  }
}
