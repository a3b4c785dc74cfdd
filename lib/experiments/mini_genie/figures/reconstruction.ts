import { type Figure, figure, strip } from "../../../figures/mod.ts";
import { fixed, percentText } from "../../plain_table.ts";
import type { EyesAnalysis } from "../eyes.ts";
import type { SeenFrame } from "../seen_frames.ts";
import { framePicture } from "./names.ts";

/** The original's scale (spec 3 §7.1): above 25 dB good, from 20 acceptable, below poor. */
export function psnrVerdict(psnr: number): "good" | "acceptable" | "poor" {
  return psnr > 25 ? "good" : psnr >= 20 ? "acceptable" : "poor";
}

/** True frames over what the decoder paints from their tokens, with PSNR and verdict. */
export function reconstructionFigure({ eyes }: Pick<EyesAnalysis, "eyes">, seen: readonly SeenFrame[]): Figure {
  const side = Math.sqrt(seen[0].frame.length / 3), verdict = psnrVerdict(eyes.psnr);
  return figure(
    "reconstruction",
    `${seen.length} true frames and their reconstructions. Over all true frames the mean PSNR is ${
      fixed(eyes.psnr, 1)
    } dB ` +
      `(${verdict} on the original's scale), that of the worst ${fixed(eyes.worstPsnr, 1)} dB; ${
        percentText(eyes.nearest, 0)
      } of the ` +
      "reconstructions are nearest to their own frame.",
    strip({
      title: `What the VQ-VAE sees: ${verdict}, ${fixed(eyes.psnr, 1)} dB on average`,
      subtitle: `PSNR over each column; ✗: nearest to another true frame. Recognised in all: ${
        percentText(eyes.nearest, 0)
      }`,
      captions: seen.map(({ psnr, right }) => `${fixed(psnr, 1)} dB${right ? "" : " ✗"}`),
      rows: [
        { label: "true frame", pictures: seen.map(({ frame }) => framePicture(frame, side)) },
        { label: "from its tokens", pictures: seen.map(({ picture }) => framePicture(picture, side)) },
      ],
    }),
  );
}
