import { bars, type Figure, figure, RULE } from "../../../figures/mod.ts";
import { fixed } from "../../plain_table.ts";
import type { Analysis } from "../analyse.ts";
import { meaningOf } from "../criteria.ts";

/** NMI of the latent actions with everything that they could mean, beside what shuffled codes show. */
export function agreementFigure({ meanings, best }: Pick<Analysis, "meanings" | "best">): Figure {
  const winner = meaningOf({ meanings }, best)!, beyond = winner.agreement.nmi > winner.chance.high;
  const text = meanings.map(({ explanation, agreement, chance }) =>
    `${explanation} ${fixed(agreement.nmi)} (chance ${fixed(chance.mean)}, 95 % below ${fixed(chance.high)})`
  );
  return figure(
    "agreement",
    `Normalised mutual information of the latent actions with each explanation, beside chance: ${text.join("; ")}.`,
    bars({
      title: beyond
        ? `Of action and headings, the ${best} explains latent actions best`
        : "Latent actions agree with neither action nor heading beyond chance",
      subtitle: "chance: codes dealt out at random, 200 times; whiskers up to the 95th percentile",
      bars: meanings.flatMap(({ explanation, agreement, chance }) => [
        { label: explanation, value: agreement.nmi, group: "latent actions" },
        { label: explanation, value: chance.mean, group: "chance", spread: [chance.mean, chance.high] as const },
      ]),
      colours: [RULE, "#c9c9c9"],
      y: "NMI",
      format: ".2f",
      width: 560,
    }),
  );
}
