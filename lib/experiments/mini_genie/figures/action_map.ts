import { beside, CATEGORY_COLOURS, type Chart, type Figure, figure, scatter } from "../../../figures/mod.ts";
import { fixed } from "../../plain_table.ts";
import type { Analysis } from "../analyse.ts";
import { meaningOf } from "../criteria.ts";
import { actionName, codeColours } from "./names.ts";

/** t-SNE of the latent actions, coloured by code, as the original has it, and by true action, as it never was (R6). */
export function actionMapFigure(analysis: Pick<Analysis, "map" | "actions" | "meanings">): Figure {
  const { map, actions } = analysis, action = meaningOf(analysis, "action")!;
  const panel = (
    title: string,
    groups: readonly string[],
    order: readonly string[],
    colours: readonly string[],
  ): Chart =>
    scatter({
      title,
      x: map?.x ?? [],
      y: map?.y ?? [],
      ...map ? { groups, groupOrder: order, colours } : {},
      size: 60,
      bare: true,
      xTitle: "t-SNE 1",
      yTitle: "t-SNE 2",
      width: 330,
      height: 330,
    });
  const codes = [...new Set(map?.codes ?? [])].sort((a, b) => a - b), palette = codeColours(actions);
  const taken = [...new Set(map?.actions ?? [])].sort((a, b) => a - b);
  const nmi = `NMI ${fixed(action.agreement.nmi)}, by chance ${fixed(action.chance.mean)}`;
  const single = codes.length === 1 ? "; all have the same code, so that only rounding is left to see" : "";
  const points = map
    ? `${map.x.length} recorded moves, ${map.moves} different ones`
    : "too few recorded moves for a map";
  return figure(
    "action_latent_space_tsne",
    `t-SNE of the latent action probabilities of ${points}. Left, coloured by the likeliest code: clusters are certain, since the ` +
      `colour is made of the same numbers as the place. Right, coloured by the true action: ${nmi}.`,
    beside([
      panel("Coloured by code", (map?.codes ?? []).map(String), codes.map(String), codes.map((code) => palette[code])),
      panel("Coloured by true action", (map?.actions ?? []).map(actionName), taken.map(actionName), CATEGORY_COLOURS),
    ], { title: "Latent actions on a map (t-SNE)", subtitle: `${points}; code and true action: ${nmi}${single}` }),
  );
}
