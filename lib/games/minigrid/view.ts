/** What the agent sees: a square in front of it, and what walls and doors hide. Spec 3 §2.2. */

import {
  blocksSight,
  type CellCode,
  cellCode,
  Colour,
  colourOf,
  EMPTY_CELL,
  ObjectType,
  stateOf,
  typeOf,
  WALL,
} from "./objects.ts";
import { FORWARD, type World } from "./world.ts";

/** The agent's view: it stands at column ⌊size/2⌋ of the lowest row and looks up. */
export interface View {
  /** Cells of a side, odd. */
  readonly size: number;
  /** [size · size], row by row: what is there, with nothing where it cannot be seen. */
  readonly cells: Uint32Array;
  /** [size · size], row by row: 1 where the agent sees. */
  readonly visible: Uint8Array;
}

/** Place of a view cell in the world; may lie outside of it. */
function worldPlace(world: World, size: number, i: number, j: number): { x: number; y: number } {
  const forward = FORWARD[world.heading], right = { x: -forward.y, y: forward.x };
  const ahead = size - 1 - j, aside = i - (size >> 1);
  return {
    x: world.x + forward.x * ahead + right.x * aside,
    y: world.y + forward.y * ahead + right.y * aside,
  };
}

const inside = (world: World, x: number, y: number) => x >= 0 && y >= 0 && x < world.width && y < world.height;

/** The agent's view. @param size odd, at least 3 @param seeThrough whether walls hide nothing */
export function viewOf(world: World, size: number, seeThrough: boolean): View {
  const cells = new Uint32Array(size * size);
  const visible = new Uint8Array(size * size);
  const forward = FORWARD[world.heading], rightX = -forward.y, rightY = forward.x;
  for (let j = 0; j < size; j++) {
    const ahead = size - 1 - j, half = size >> 1;
    let x = world.x + forward.x * ahead - rightX * half, y = world.y + forward.y * ahead - rightY * half;
    for (let i = 0; i < size; i++, x += rightX, y += rightY) {
      cells[j * size + i] = inside(world, x, y) ? world.at(x, y) : WALL;
    }
  }
  if (seeThrough) visible.fill(1);
  else {
    spreadSight(cells, visible, size);
    for (let at = 0; at < cells.length; at++) if (!visible[at]) cells[at] = EMPTY_CELL;
  }
  cells[agentCell(size)] = world.carrying || EMPTY_CELL;
  return { size, cells, visible };
}

/** Index of the agent's own cell. */
export function agentCell(size: number): number {
  return (size - 1) * size + (size >> 1);
}

/** Row by row from the agent on, sight spreads to the right, then to the left, and one row ahead. */
function spreadSight(cells: Uint32Array, visible: Uint8Array, size: number): void {
  visible[agentCell(size)] = 1;
  const spread = (at: number, step: number, j: number) => {
    if (!visible[at] || blocksSight(cells[at])) return;
    visible[at + step] = 1;
    if (j === 0) return;
    visible[at + step - size] = 1;
    visible[at - size] = 1;
  };
  for (let j = size - 1; j >= 0; j--) {
    for (let i = 0; i < size - 1; i++) spread(j * size + i, 1, j);
    for (let i = size - 1; i > 0; i--) spread(j * size + i, -1, j);
  }
}

/**
 * The symbolic observation: type, colour and state of each view cell, (0, 0, 0) where nothing is seen.
 *
 * @returns [size, size, 3] bytes, column by column as in MiniGrid: element [i][j] is column i, row j
 */
export function symbolicView({ size, cells, visible }: View): Uint8Array {
  const out = new Uint8Array(size * size * 3);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const at = j * size + i;
      if (visible[at]) writeCode(out, (i * size + j) * 3, cells[at]);
    }
  }
  return out;
}

/**
 * The whole world in symbols, as MiniGrid's `FullyObsWrapper` shows it: the agent's cell holds (10, 0, heading).
 *
 * @returns [width, height, 3] bytes, column by column
 */
export function symbolicWorld({ width, height, cells, x, y, heading }: World): Uint8Array {
  const out = new Uint8Array(width * height * 3);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < height; j++) writeCode(out, (i * height + j) * 3, cells[j * width + i]);
  }
  writeCode(out, (x * height + y) * 3, cellCode(ObjectType.agent, Colour.red, heading));
  return out;
}

function writeCode(out: Uint8Array, at: number, cell: CellCode): void {
  out[at] = typeOf(cell);
  out[at + 1] = colourOf(cell);
  out[at + 2] = stateOf(cell);
}

/** [height · width] of the world, row by row: 1 for the cells that the agent sees. */
export function litCells(world: World, { size, visible }: View): Uint8Array {
  const lit = new Uint8Array(world.width * world.height);
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) {
      if (!visible[j * size + i]) continue;
      const { x, y } = worldPlace(world, size, i, j);
      if (inside(world, x, y)) lit[y * world.width + x] = 1;
    }
  }
  return lit;
}
