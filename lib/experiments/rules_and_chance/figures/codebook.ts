import { type Figure, figure, gallery, greyPicture } from "../../../figures/mod.ts";
import type { Analysis } from "../analyse.ts";
import { gameTitle } from "../claims.ts";

/** What the codes stand for: the mean patch of each of the (up to 64) most used codes (spec 1 §7.2, §7.5). */
export function codebookFigure(analysis: Analysis): Figure {
  const { game, codesUsed, codeCount } = analysis, { patchSide, codes } = analysis.gallery, name = gameTitle(game);
  const frames = analysis.mode === "published" ? "first frames only" : "all frames";
  return figure(
    `${game}_codebook`,
    `The ${codes.length} most used codes of ${name}, each as the mean of the pixels that it stands for, with its number and how often ` +
      `it is used (${frames}). ${codesUsed} of ${codeCount} codes are in use.`,
    gallery({
      title: `${name}: what the codes stand for`,
      subtitle:
        `${
          codes.length < codesUsed ? `the ${codes.length} most used` : `all ${codesUsed} in use`
        } of ${codeCount} codes; ` +
        `number, (uses in ${frames})`,
      columns: Math.min(16, Math.max(8, codes.length)),
      pictures: codes.map(({ code, usage, patch }) => ({
        picture: greyPicture(patch, patchSide, patchSide),
        lines: [String(code), `(${usage})`],
      })),
    }),
  );
}
