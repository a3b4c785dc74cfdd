/** The state of a MiniGrid: cells, agent, and what the agent carries; and how levels put things into it. Spec 3 §2.2, §2.4. */

import type { NumpyRandom } from "../numpy_random.ts";
import { type CellCode, EMPTY_CELL, WALL } from "./objects.ts";

/** A place: column and row, from the upper left. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A rectangle of cells. */
export interface Area extends Place {
  readonly width: number;
  readonly height: number;
}

/** Columns and rows that one step goes, by heading: 0 right, 1 down, 2 left, 3 up. */
export const FORWARD: readonly Place[] = [{ x: 1, y: 0 }, { x: 0, y: 1 }, { x: -1, y: 0 }, { x: 0, y: -1 }];

/** Cells of a level and the agent in it. Mutable; the rules and the level generators work on it. */
export class World {
  /** [height · width], row by row. */
  readonly cells: Uint32Array;
  /** The agent's column; −1 while it is not placed. */
  x = -1;
  /** The agent's row. */
  y = -1;
  /** The agent's heading, 0 to 3. */
  heading = 0;
  /** What the agent carries; 0 for nothing. */
  carrying: CellCode = 0;
  /** Balls that move by themselves, in the order in which they move. */
  obstacles: Place[] = [];

  /** An empty level within a grey wall, or without one. */
  constructor(readonly width: number, readonly height: number, walled = true) {
    this.cells = new Uint32Array(width * height).fill(EMPTY_CELL);
    if (walled) this.frame({ x: 0, y: 0, width, height });
  }

  /** The cell at a place inside the grid. */
  at(x: number, y: number): CellCode {
    return this.cells[y * this.width + x];
  }

  /** Changes a cell. */
  set(x: number, y: number, cell: CellCode): void {
    this.cells[y * this.width + x] = cell;
  }

  /** Fills a rectangle. */
  fill({ x, y, width, height }: Area, cell: CellCode): void {
    for (let j = y; j < y + height; j++) this.cells.fill(cell, j * this.width + x, j * this.width + x + width);
  }

  /** A wall around a rectangle. */
  frame({ x, y, width, height }: Area): void {
    this.fill({ x, y, width, height: 1 }, WALL);
    this.fill({ x, y: y + height - 1, width, height: 1 }, WALL);
    this.fill({ x, y, width: 1, height }, WALL);
    this.fill({ x: x + width - 1, y, width: 1, height }, WALL);
  }

  /** Puts the agent somewhere. */
  stand(x: number, y: number, heading: number): void {
    [this.x, this.y, this.heading] = [x, y, heading];
  }

  /**
   * Puts an object on a random empty cell that is not the agent's.
   *
   * @param cell what to put; `null` only finds a place
   * @param area where; default the whole grid
   * @param options.reject places that will not do
   * @param options.maxTries gives up, with `null`, after one more try than this
   */
  place(
    random: NumpyRandom,
    cell: CellCode | null,
    area: Area = { x: 0, y: 0, width: this.width, height: this.height },
    { reject, maxTries = Infinity }: { reject?: (place: Place) => boolean; maxTries?: number } = {},
  ): Place | null {
    const left = Math.max(area.x, 0), top = Math.max(area.y, 0);
    for (let tries = 0; tries <= maxTries; tries++) {
      const x = random.integers(left, Math.min(left + area.width, this.width));
      const y = random.integers(top, Math.min(top + area.height, this.height));
      if (this.at(x, y) !== EMPTY_CELL || (x === this.x && y === this.y) || reject?.({ x, y })) continue;
      if (cell !== null) this.set(x, y, cell);
      return { x, y };
    }
    return null;
  }

  /** Puts the agent on a random empty cell, with a random heading. */
  placeAgent(random: NumpyRandom, area?: Area): void {
    [this.x, this.y] = [-1, -1];
    const { x, y } = this.place(random, null, area)!;
    this.stand(x, y, random.integers(0, 4));
  }

  /** The cell in front of the agent. */
  get front(): Place {
    const { x, y } = FORWARD[this.heading];
    return { x: this.x + x, y: this.y + y };
  }

  /** An independent copy. */
  copy(): World {
    const copy = new World(this.width, this.height, false);
    copy.cells.set(this.cells);
    copy.stand(this.x, this.y, this.heading);
    copy.carrying = this.carrying;
    copy.obstacles = this.obstacles.map((place) => ({ ...place }));
    return copy;
  }
}
