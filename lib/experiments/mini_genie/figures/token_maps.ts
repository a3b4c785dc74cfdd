import { type Figure, figure, strip } from "../../../figures/mod.ts";
import { fixed } from "../../plain_table.ts";
import type { EyesAnalysis } from "../eyes.ts";
import type { SeenFrame } from "../seen_frames.ts";
import { framePicture, tokenPicture } from "./names.ts";

/** Frames over their tokens, one colour a code: what action net and dynamics get to see. */
export function tokenMapsFigure(
  { eyes, gridSide, codeCount, world }: Pick<EyesAnalysis, "eyes" | "gridSide" | "codeCount" | "world">,
  seen: readonly SeenFrame[],
): Figure {
  const side = Math.sqrt(seen[0].frame.length / 3);
  return figure(
    "token_maps",
    `${seen.length} true frames and the ${gridSide} × ${gridSide} tokens that stand for each, one colour a code. ${eyes.codesUsed} of ` +
      `${codeCount} codes are in use, the ${world.frames} true frames have ${eyes.grids} different grids, and a move changes ` +
      `${fixed(eyes.changedTokens, 1)} of ${gridSide ** 2} tokens on average.`,
    strip({
      title: `${gridSide} × ${gridSide} tokens in place of ${side} × ${side} pixels`,
      subtitle:
        `one colour a code; ${eyes.codesUsed} of ${codeCount} codes in use, ${eyes.grids} grids for ${world.frames} true frames`,
      captions: seen.map(({ name }) => name ?? ""),
      rows: [
        { label: "true frame", pictures: seen.map(({ frame }) => framePicture(frame, side)) },
        { label: "its tokens", pictures: seen.map(({ tokens }) => tokenPicture(tokens, gridSide)) },
      ],
    }),
  );
}
