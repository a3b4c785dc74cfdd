/** What can stand on a cell of MiniGrid: types, colours, states, and what they allow. Spec 3 §2.2. */

/** Types of objects, in MiniGrid's numbering. */
export const ObjectType = {
  unseen: 0,
  empty: 1,
  wall: 2,
  floor: 3,
  door: 4,
  key: 5,
  ball: 6,
  box: 7,
  goal: 8,
  lava: 9,
  agent: 10,
} as const;

/** Colours, in MiniGrid's numbering. */
export const Colour = { red: 0, green: 1, blue: 2, purple: 3, yellow: 4, grey: 5 } as const;

/** Red, green and blue bytes of each colour. */
export const COLOUR_RGB: readonly (readonly [number, number, number])[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [112, 39, 195],
  [255, 255, 0],
  [100, 100, 100],
];

/** States of a door. */
export const DoorState = { open: 0, closed: 1, locked: 2 } as const;

/**
 * A cell in one number: type in bits 0–3, colour in 4–7, state in 8–11; what a box contains, as such a number, from bit 12.
 */
export type CellCode = number;

/** Composes a cell. @param contents of a box; 0 for an empty one */
export function cellCode(type: number, colour = 0, state = 0, contents: CellCode = 0): CellCode {
  return type | (colour << 4) | (state << 8) | (contents << 12);
}

/** The type of a cell. */
export const typeOf = (cell: CellCode): number => cell & 15;
/** The colour of a cell. */
export const colourOf = (cell: CellCode): number => (cell >> 4) & 15;
/** The state of a cell. */
export const stateOf = (cell: CellCode): number => (cell >> 8) & 15;
/** What a box contains; 0 for nothing. */
export const contentsOf = (cell: CellCode): CellCode => cell >>> 12;

/** Nothing on the floor. */
export const EMPTY_CELL: CellCode = cellCode(ObjectType.empty);
/** A grey wall. */
export const WALL: CellCode = cellCode(ObjectType.wall, Colour.grey);
/** The green goal. */
export const GOAL: CellCode = cellCode(ObjectType.goal, Colour.green);
/** Lava. */
export const LAVA: CellCode = cellCode(ObjectType.lava, Colour.red);

/** Whether the agent may stand there. */
export function canStandOn(cell: CellCode): boolean {
  const type = typeOf(cell);
  return type === ObjectType.empty || type === ObjectType.goal || type === ObjectType.floor ||
    type === ObjectType.lava || (type === ObjectType.door && stateOf(cell) === DoorState.open);
}

/** Whether the agent can carry it. */
export function canPickUp(cell: CellCode): boolean {
  const type = typeOf(cell);
  return type === ObjectType.key || type === ObjectType.ball || type === ObjectType.box;
}

/** Whether nothing behind it can be seen. */
export function blocksSight(cell: CellCode): boolean {
  const type = typeOf(cell);
  return type === ObjectType.wall || (type === ObjectType.door && stateOf(cell) !== DoorState.open);
}
