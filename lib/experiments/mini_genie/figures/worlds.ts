import { below, type Figure, figure, gallery, type Picture, rgbPicture } from "../../../figures/mod.ts";
import { MiniGrid } from "../../../games/mod.ts";
import { HEADING_NAMES } from "../code_names.ts";
import { actionName } from "./names.ts";

/** Pixels of a cell in these figures. */
const TILE = 16;

/** One environment: the agent in its four headings, and what each action does (spec 3 §2.2). */
export function worldFigure(name = "Empty-5x5", seed = 0): Figure {
  const env = new MiniGrid(name);
  env.reset(seed);
  const start = env.snapshot(), [x, y] = start.agent;
  const headings = HEADING_NAMES.map((label, heading) => {
    env.restore({ ...start, agent: [x, y, heading] });
    return { picture: fromAbove(env), lines: [label] };
  });
  const actions = Array.from({ length: env.actionCount }, (_, action) => {
    env.restore(start);
    env.step(action);
    return { picture: fromAbove(env), lines: [actionName(action)] };
  });
  return figure(
    "world",
    `${name}: the agent, a red triangle, facing ${
      HEADING_NAMES.join(", ")
    }; and the picture one step after the start, with each of the ` +
      `${actions.length} actions ${actions.map(({ lines }) => lines[0]).join(", ")}.`,
    below([
      gallery({ title: "Four headings of the agent", pictures: headings, columns: 7, size: 72 }),
      gallery({ title: "One step after the start, by action", pictures: actions, columns: 7, size: 72 }),
    ], { title: `${name}: a world to learn from`, subtitle: "bright: what the agent sees; green: the goal" }),
  );
}

const WORLDS = [
  "Empty-5x5",
  "DoorKey-6x6",
  "LavaGapS5",
  "LavaCrossingS9N1",
  "SimpleCrossingS9N2",
  "KeyCorridorS3R2",
  "FourRooms",
  "Dynamic-Obstacles-6x6",
];

/** Environments from above, and through the eyes of the agent. */
export function worldsFigure(names: readonly string[] = WORLDS, seed = 0): Figure {
  const envs = names.map((name) => new MiniGrid(name));
  for (const env of envs) env.reset(seed);
  const view = (env: MiniGrid) => {
    const pixels = env.renderView(TILE), side = Math.sqrt(pixels.length / 3);
    return rgbPicture(pixels, side, side);
  };
  return figure(
    "worlds",
    `${names.length} MiniGrid environments from above, seed ${seed}, and below each what the agent sees there: ${
      names.join(", ")
    }.`,
    gallery({
      title: "Other worlds to learn from",
      subtitle: "above: the whole world; below: what the agent sees, itself at the bottom, looking up",
      columns: names.length,
      size: 112,
      pictures: [
        ...envs.map((env, i) => ({ picture: fromAbove(env), lines: [names[i]] })),
        ...envs.map((env) => ({ picture: view(env) })),
      ],
    }),
  );
}

function fromAbove(env: MiniGrid): Picture {
  const [width, height] = env.size;
  return rgbPicture(env.render({ tile: TILE }), width * TILE, height * TILE);
}
