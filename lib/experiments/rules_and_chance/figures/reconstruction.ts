import { type Figure, figure, greyPicture, strip } from "../../../figures/mod.ts";
import { gameTitle } from "../claims.ts";
import type { ExampleSteps } from "../example_steps.ts";
import type { GameName } from "../settings.ts";
import { actionName, WHITE } from "./names.ts";

/** Steps as the model sees them: frame, reconstruction, true and predicted next frame, and where it is unsure (spec 1 §7.5). */
export function reconstructionFigure(game: GameName, examples: ExampleSteps): Figure {
  const { imageSide, gridSide, steps } = examples, name = gameTitle(game);
  const pictures = (of: (step: typeof steps[number]) => ArrayLike<number>) =>
    steps.map((step) => greyPicture(of(step), imageSide, imageSide, { high: WHITE[game] }));
  const heat = (of: (step: typeof steps[number]) => ArrayLike<number>) =>
    steps.map((step) => ({ values: of(step), width: gridSide, height: gridSide }));
  return figure(
    `${game}_reconstruction`,
    `${steps.length} steps of ${name}: the frame, its reconstruction from ${
      gridSide ** 2
    } codes, what came next, the likeliest ` +
      "prediction, the predicted entropy of every cell and the true one.",
    strip({
      title: `${name} as the model sees it`,
      ...(WHITE[game] < 1 ? { subtitle: "drawn brighter than the pictures are" } : {}),
      captions: steps.map(({ action }) => actionName(game, action)),
      rows: [
        { label: "frame", pictures: pictures((step) => step.frame) },
        { label: "from its codes", pictures: pictures((step) => step.reconstruction) },
        { label: "what came next", pictures: pictures((step) => step.next) },
        { label: "likeliest\nprediction", pictures: pictures((step) => step.predicted) },
        { label: "predicted\nentropy", heat: heat((step) => step.entropy) },
        { label: "true entropy", heat: heat((step) => step.truth) },
      ],
      domain: [0, 1.5],
      valueTitle: "Entropy (bits)",
    }),
  );
}
