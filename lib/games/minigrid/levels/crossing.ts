/** Rivers of lava, or walls, to be crossed at their gaps. */

import { type CellCode, EMPTY_CELL, LAVA, WALL } from "../objects.ts";
import { roomWithGoal } from "./empty.ts";
import type { Level } from "./level.ts";

/** LavaGapS…: one column of lava with one gap. */
export function lavaGap(size: number): Level {
  return {
    width: size,
    height: size,
    maxSteps: 4 * size * size,
    seeThrough: false,
    generate(random) {
      const world = roomWithGoal(size);
      world.stand(1, 1, 0);
      const x = random.integers(2, size - 2), y = random.integers(1, size - 1);
      world.fill({ x, y: 1, width: 1, height: size - 2 }, LAVA);
      world.set(x, y, EMPTY_CELL);
      return world;
    },
  };
}

/** LavaCrossingS…N… and SimpleCrossingS…N…: some rivers across the room, each with a gap on a way that leads to the goal. */
export function crossing(size: number, rivers: number, obstacle: "lava" | "wall"): Level {
  const cell: CellCode = obstacle === "lava" ? LAVA : WALL;
  return {
    width: size,
    height: size,
    maxSteps: 4 * size * size,
    seeThrough: false,
    generate(random) {
      const world = roomWithGoal(size);
      world.stand(1, 1, 0);
      const at = Array.from({ length: Math.ceil((size - 4) / 2) }, (_, i) => 2 + 2 * i);
      const all = [...at.map((i) => ["vertical", i] as const), ...at.map((i) => ["horizontal", i] as const)];
      const chosen = random.shuffle(all).slice(0, rivers);
      const along = (way: string) => chosen.filter(([own]) => own === way).map(([, i]) => i).sort((a, b) => a - b);
      const columns = along("vertical"), rows = along("horizontal");
      for (const y of rows) world.fill({ x: 1, y, width: size - 2, height: 1 }, cell);
      for (const x of columns) world.fill({ x, y: 1, width: 1, height: size - 2 }, cell);
      const path = random.shuffle([...columns.map(() => "right"), ...rows.map(() => "down")]);
      const edgesX = [0, ...columns, size - 1], edgesY = [0, ...rows, size - 1];
      let i = 0, j = 0;
      for (const step of path) {
        const gap = step === "right"
          ? { x: edgesX[i + 1], y: random.integers(edgesY[j] + 1, edgesY[j + 1]) }
          : { x: random.integers(edgesX[i] + 1, edgesX[i + 1]), y: edgesY[j + 1] };
        if (step === "right") i++;
        else j++;
        world.set(gap.x, gap.y, EMPTY_CELL);
      }
      return world;
    },
  };
}
