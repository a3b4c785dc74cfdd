import { circleGraph, type Figure, figure } from "../../../figures/mod.ts";
import type { Analysis } from "../analyse.ts";
import { gameTitle } from "../claims.ts";

/** Rules and chance between the 20 most used codes (spec 1 §7.5). */
export function transitionGraphFigure(analysis: Analysis): Figure {
  const { game, graph } = analysis, name = gameTitle(game);
  const place = new Map(graph.nodes.map((node, i) => [node.code, i]));
  const rules = graph.edges.filter((edge) => edge.kind === "rule").length;
  return figure(
    `${game}_transition_graph`,
    `Transitions between the ${graph.nodes.length} most used codes of ${name}: an arrow leads to the likeliest next code of a ` +
      `(code, action) pair seen at least 10 times, where it differs. ${rules} rules, ${
        graph.edges.length - rules
      } chance.`,
    circleGraph({
      title: `${name}: where codes lead`,
      subtitle:
        `${graph.edges.length} (code, action) pairs, seen at least 10 times, whose likeliest next code is another one`,
      nodes: graph.nodes.map(({ code, usage }) => ({ label: String(code), usage })),
      edges: graph.edges.map(({ from, to, kind }) => ({
        from: place.get(from) as number,
        to: place.get(to) as number,
        first: kind === "rule",
      })),
    }),
  );
}
