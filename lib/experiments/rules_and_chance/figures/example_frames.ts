import { type Figure, figure, greyPicture, strip } from "../../../figures/mod.ts";
import { type CellPatches, renderCells } from "../../../games/mod.ts";
import { type Episodes, observationAt } from "../../../data/mod.ts";
import { gameTitle } from "../claims.ts";
import type { GameName } from "../settings.ts";
import { actionName, WHITE } from "./names.ts";

/** The first frames of a few trajectories: what the model gets to see, with the action taken at each frame. */
export function exampleFramesFigure(
  game: GameName,
  { episodes, patches }: { episodes: Episodes; patches: CellPatches },
  { trajectories = 2, frames = 6 }: { trajectories?: number; frames?: number } = {},
): Figure {
  const side = patches.cells * patches.pixels, name = gameTitle(game);
  const chosen = Array.from({ length: Math.min(trajectories, episodes.count) }, (_, i) => i);
  const draw = (episode: number, t: number) =>
    greyPicture(
      renderCells(patches, observationAt(episodes, episode, t), 1, new Float32Array(side * side)),
      side,
      side,
      { high: WHITE[game] },
    );
  const shown = (episode: number) => Math.min(frames, episodes.lengths[episode] + 1);
  const label = (episode: number) => {
    const actions = Array.from(
      { length: shown(episode) - 1 },
      (_, t) => episodes.actions[episode * episodes.steps + t],
    );
    return actions.map((action) => actionName(game, action));
  };
  return figure(
    `${game}_examples`,
    `The first frames of ${chosen.length} games of ${name} under random play, ${side} × ${side} grey pixels each. Actions: ` +
      `${chosen.map((episode) => label(episode).join(", ")).join("; ")}.`,
    strip({
      title: `${name}: what the model gets to see`,
      subtitle: `${side} × ${side} grey pixels; all that is known besides is the action${
        WHITE[game] < 1 ? " (drawn brighter)" : ""
      }`,
      captions: Array.from({ length: Math.max(...chosen.map(shown)) }, (_, t) => `t = ${t}`),
      rows: chosen.map((episode) => ({
        label: `game ${episode + 1}`,
        pictures: Array.from({ length: shown(episode) }, (_, t) => draw(episode, t)),
      })),
    }),
  );
}
