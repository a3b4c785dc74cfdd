/** Every environment keeps the promises of the interface, and levels are what their families say. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  checkEnvironment,
  Colour,
  colourOf,
  DoorState,
  MiniGrid,
  MINIGRID_NAMES,
  MiniGridVector,
  ObjectType,
  stateOf,
  typeOf,
  type World,
} from "../../../lib/games/mod.ts";

const seeds = fc.integer({ min: 0, max: 2 ** 40 });
const count = (world: World, type: number) => world.cells.filter((cell) => typeOf(cell) === type).length;

Deno.test("every environment passes the checker, with each kind of observation", () => {
  assert.ok(MINIGRID_NAMES.length >= 37);
  MINIGRID_NAMES.forEach((name, i) => {
    const observation = (["symbolic", "grid", "partial", "full"] as const)[i % 4];
    const { steps } = checkEnvironment(() => new MiniGrid(name, { observation, tile: 4 }), {
      episodes: 2,
      maxSteps: 300,
      mustEnd: false,
    });
    assert.ok(steps > 0, name);
  });
});

Deno.test("an episode ends at its limit of steps, and not before", () => {
  const env = new MiniGrid("Empty-5x5");
  env.reset(0);
  for (let t = 1; t <= env.maxSteps; t++) {
    const { truncated, terminated } = env.step(0);
    assert.deepEqual([terminated, truncated], [false, t === 100]);
  }
  assert.throws(() => env.step(0), /MiniGrid-Empty-5x5: the episode is over; call reset\(seed\)/);
});

Deno.test("the reward falls with the steps: 1 − 0.9·t/limit", () => {
  const env = new MiniGrid("MiniGrid-Empty-5x5-v0");
  env.reset(0);
  const steps = [2, 2, 1, 2, 2].map((action) => env.step(action));
  assert.deepEqual(steps.map(({ terminated }) => terminated), [false, false, false, false, true]);
  assert.ok(Math.abs(steps[4].reward - (1 - 0.9 * 5 / 100)) < 1e-15);
});

Deno.test("levels of every seed have what their family promises (property test)", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const level = (name: string) => {
        const env = new MiniGrid(name);
        env.reset(seed);
        const world = env.world();
        assert.ok([ObjectType.empty, ObjectType.door].includes(typeOf(world.at(world.x, world.y)) as 1), name);
        return world;
      };
      const door = level("DoorKey-8x8");
      assert.deepEqual([ObjectType.door, ObjectType.key, ObjectType.goal].map((type) => count(door, type)), [1, 1, 1]);
      assert.equal(count(level("FourRooms"), ObjectType.goal), 1);
      assert.equal(count(level("LavaGapS7"), ObjectType.lava), 4);
      assert.equal(count(level("Dynamic-Obstacles-16x16"), ObjectType.ball), 8);
      const corridor = level("KeyCorridorS4R3"), key = corridor.cells.find((cell) => typeOf(cell) === ObjectType.key)!;
      const locked = corridor.cells.filter((c) => typeOf(c) === ObjectType.door && stateOf(c) === DoorState.locked);
      assert.deepEqual([...locked].map(colourOf), [colourOf(key)]);
      assert.equal(count(corridor, ObjectType.ball), 1);
    }),
    { numRuns: 60, seed: 3 },
  );
});

Deno.test("MultiRoom: doors of neighbours differ in colour, and the goal can be reached through them (property test)", () => {
  fc.assert(
    fc.property(
      seeds,
      fc.constantFrom(["MultiRoom-N2-S4", 2], ["MultiRoom-N4-S5", 6], ["MultiRoom-N6", 6]),
      (seed, [name, rooms]) => {
        const env = new MiniGrid(name as string);
        env.reset(seed);
        const world = env.world();
        assert.equal(count(world, ObjectType.door), (rooms as number) - 1);
        assert.equal(env.maxSteps, 20 * (rooms as number));
        // A flood over everything but walls, from the agent.
        const seen = new Set([world.y * 25 + world.x]), next = [...seen];
        for (let at = next.pop(); at !== undefined; at = next.pop()) {
          for (const to of [at + 1, at - 1, at + 25, at - 25]) {
            if (seen.has(to) || typeOf(world.cells[to]) === ObjectType.wall) continue;
            seen.add(to);
            next.push(to);
          }
        }
        const inside = [...seen].map((at) => typeOf(world.cells[at]));
        assert.ok(inside.includes(ObjectType.goal), `${name} seed ${seed}`);
      },
    ),
    { numRuns: 60, seed: 4 },
  );
});

Deno.test("DoorKey is won by hand: key, door, goal", () => {
  const env = new MiniGrid("DoorKey-8x8");
  env.reset(0);
  const world = env.world(), find = (type: number) => world.cells.findIndex((cell) => typeOf(cell) === type);
  const reach = (target: number, last: number) => {
    // Turn and walk by breadth-first search over (x, y, heading) of the clone until the target is in front.
    const queue: { env: MiniGrid; path: number[] }[] = [{ env: env.clone(), path: [] }], seen = new Set<string>();
    for (let item = queue.shift(); item; item = queue.shift()) {
      const { x, y } = item.env.world().front;
      if (y * 8 + x === target) return [...item.path, last];
      for (const action of [0, 1, 2]) {
        const next = item.env.clone(), over = next.step(action).terminated, w = next.world();
        const key = `${w.x},${w.y},${w.heading}`;
        if (over || seen.has(key)) continue;
        seen.add(key);
        queue.push({ env: next, path: [...item.path, action] });
      }
    }
    throw new Error("no way");
  };
  const doors = () => env.world().cells.find((cell) => typeOf(cell) === ObjectType.door)!;
  const key = find(ObjectType.key), door = find(ObjectType.door), goal = find(ObjectType.goal);
  for (const action of reach(door, 5)) env.step(action);
  assert.equal(stateOf(doors()), DoorState.locked, "without the key it stays locked");
  for (const action of reach(key, 3)) env.step(action);
  assert.equal(colourOf(env.world().carrying), Colour.yellow);
  for (const action of reach(door, 5)) env.step(action);
  assert.equal(stateOf(doors()), DoorState.open);
  const way = reach(goal, 2), last = way.map((action) => env.step(action)).at(-1)!;
  assert.ok(last.terminated && last.reward > 0);
});

Deno.test("a vector of environments is its environments, one by one, with automatic reset", () => {
  const name = "Empty-Random-5x5",
    vector = new MiniGridVector(name, 5),
    singles = vector.environments.map((_, i) => {
      const env = new MiniGrid(name);
      env.reset(10 + i);
      return env;
    });
  vector.reset(10);
  let ended = 0;
  for (let t = 0; t < 300; t++) {
    const actions = singles.map((_, i) => (t * 7 + i * 3) % 3);
    const { observations, rewards, terminated, truncated, finalObservations } = vector.step(actions);
    singles.forEach((env, i) => {
      const step = env.step(actions[i]), over = step.terminated || step.truncated;
      assert.deepEqual([rewards[i], !!terminated[i], !!truncated[i]], [step.reward, step.terminated, step.truncated]);
      assert.equal(finalObservations.has(i), over);
      if (over) assert.deepEqual(finalObservations.get(i), step.observation);
      ended += Number(over);
      const shown = over ? env.reset().observation : step.observation;
      assert.deepEqual(observations.slice(i * 147, (i + 1) * 147), shown);
    });
  }
  assert.ok(ended > 5);
  assert.throws(() => vector.step([0]), /expected 5 actions but found 1/);
  const before = vector.environments.map((env) => env.snapshot());
  for (const bad of [7, -1, 0.5, NaN]) {
    assert.throws(() => vector.step([0, 1, 2, bad, 0]), /expected actions from 0 to 6 but found .* for environment 3/);
  }
  assert.deepEqual(vector.environments.map((env) => env.snapshot()), before, "none has moved");
  assert.throws(() => new MiniGridVector(name, 0), /positive number of environments but found 0/);
});

Deno.test("the whole world in symbols: column by column, the agent with its heading", () => {
  const env = new MiniGrid("KeyCorridorS3R1", { observation: "grid" });
  for (const seed of [0, 1, 2]) {
    env.reset(seed);
    const { observation } = env.step(1), world = env.world();
    assert.deepEqual(env.observationShape, [7, 3, 3]);
    for (let x = 0; x < 7; x++) {
      for (let y = 0; y < 3; y++) {
        const code = [...observation.subarray((x * 3 + y) * 3, (x * 3 + y) * 3 + 3)], cell = world.at(x, y);
        const here = x === world.x && y === world.y;
        assert.deepEqual(code, here ? [10, 0, world.heading] : [typeOf(cell), colourOf(cell), stateOf(cell)]);
      }
    }
  }
});

Deno.test("what does not exist is named", () => {
  assert.throws(() => new MiniGrid("Empty-7x7"), /expected one of Empty-5x5, Empty-6x6, .* but found "Empty-7x7"/);
  assert.throws(() => new MiniGrid("Empty-5x5", { view: 4 }), /an odd number of cells but found 4/);
  assert.throws(() => new MiniGrid("Empty-5x5", { tile: 0 }), /tile: expected an integer from 1 to 256 but found 0/);
  const observation = "rgb" as "full";
  assert.throws(
    () => new MiniGrid("Empty-5x5", { observation }),
    /expected one of symbolic, grid, partial, full but found "rgb"/,
  );
  assert.throws(() => new MiniGrid("Empty-5x5").render({ tile: 2.5 }), /tile: expected an integer .* but found 2.5/);
  assert.throws(() => new MiniGrid("Empty-5x5").renderView(-8), /tile: expected an integer .* but found -8/);
  const env = new MiniGrid("Dynamic-Obstacles-5x5");
  env.reset(0);
  assert.throws(() => env.step(3), /action 3 is not legal here; expected one of 0, 1, 2/);
  assert.throws(() => env.restore(new MiniGrid("Empty-8x8").snapshot()), /expected a state of 25 cells but found 64/);
});
