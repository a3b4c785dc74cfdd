/** Objects and what the agent can do with them, on worlds set by hand. */
import assert from "node:assert/strict";
import { act, Action, cellCode, Colour, DoorState, ObjectType, World } from "../../../lib/games/mod.ts";

const { door, key, ball, box, empty, floor, lava, goal } = ObjectType;

/** A room of 5 × 5 with the agent at (1, 1) heading right and something in front of it. */
function facing(cell: number, carrying = 0): World {
  const world = new World(5, 5);
  world.stand(1, 1, 0);
  world.set(2, 1, cell);
  world.carrying = carrying;
  return world;
}

Deno.test("turns go round, and a wall stops", () => {
  const world = new World(3, 3);
  world.stand(1, 1, 0);
  const headings = [0, 0, 0, 0, 1, 1].map((action) => {
    act(world, action);
    return world.heading;
  });
  assert.deepEqual(headings, [3, 2, 1, 0, 1, 2]);
  assert.equal(act(world, Action.forward), null);
  assert.deepEqual([world.x, world.y], [1, 1]);
});

Deno.test("where the agent may stand, and what that means", () => {
  const cases: [number, boolean, string | null][] = [
    [cellCode(empty), true, null],
    [cellCode(floor, Colour.blue), true, null],
    [cellCode(goal, Colour.green), true, "goal"],
    [cellCode(lava), true, "lava"],
    [cellCode(door, Colour.red, DoorState.open), true, null],
    [cellCode(door, Colour.red, DoorState.closed), false, null],
    [cellCode(door, Colour.red, DoorState.locked), false, null],
    [cellCode(key, Colour.red), false, null],
    [cellCode(ball, Colour.red), false, null],
    [cellCode(box, Colour.red), false, null],
  ];
  for (const [cell, moves, outcome] of cases) {
    const world = facing(cell);
    assert.equal(act(world, Action.forward), outcome);
    assert.equal(world.x, moves ? 2 : 1);
  }
});

Deno.test("one thing can be carried; it is put down only on an empty cell", () => {
  const world = facing(cellCode(key, Colour.yellow));
  assert.equal(act(world, Action.pickup), "picked up");
  assert.equal(world.at(2, 1), cellCode(empty));
  world.set(2, 1, cellCode(ball, Colour.blue));
  assert.equal(act(world, Action.pickup), null, "hands are full");
  act(world, Action.drop);
  assert.equal(world.at(2, 1), cellCode(ball, Colour.blue), "no room");
  world.set(2, 1, cellCode(empty));
  act(world, Action.drop);
  assert.deepEqual([world.at(2, 1), world.carrying], [cellCode(key, Colour.yellow), 0]);
});

Deno.test("doors open and close; a locked one needs the key of its colour, which is kept", () => {
  const state = (world: World) => (world.at(2, 1) >> 8) & 15;
  const closed = facing(cellCode(door, Colour.red, DoorState.closed));
  act(closed, Action.toggle);
  assert.equal(state(closed), DoorState.open);
  act(closed, Action.toggle);
  assert.equal(state(closed), DoorState.closed);
  const locked = cellCode(door, Colour.red, DoorState.locked), wrong = cellCode(key, Colour.blue);
  for (
    const [carried, after] of [[0, 2], [wrong, 2], [cellCode(ball, Colour.red), 2], [cellCode(key, Colour.red), 0]]
  ) {
    const world = facing(locked, carried);
    act(world, Action.toggle);
    assert.deepEqual([state(world), world.carrying], [after, carried]);
  }
});

Deno.test("a box is replaced by what is in it", () => {
  const inside = cellCode(key, Colour.purple), world = facing(cellCode(box, Colour.red, 0, inside));
  act(world, Action.toggle);
  assert.equal(world.at(2, 1), inside);
  const hollow = facing(cellCode(box, Colour.red));
  act(hollow, Action.toggle);
  assert.equal(hollow.at(2, 1), cellCode(empty));
});
