import { columnOf, encodeGif, framed, type Picture, rowOf, textPicture, upscale } from "../../../figures/mod.ts";
import { fixed, percentText } from "../../plain_table.ts";
import type { DreamFilm } from "../dream_film.ts";
import type { Verdict } from "../verdict.ts";
import { framePicture, VERDICT_COLOURS } from "./names.ts";

/** Pixels of a picture's side in the animation, about. */
const SIDE = 240;

/**
 * A dream as GIF at the original's 10 frames a second: the dream, framed by what the true world says of the step, beside the nearest true
 * frame, or beside the real walk that it follows.
 */
export function dreamGif(film: DreamFilm): Uint8Array<ArrayBuffer> {
  return encodeGif(dreamFrames(film), { framesPerSecond: 10 });
}

/** The pictures of the animation, all of one size. */
export function dreamFrames({ side, codes, pictures, nearest, verdicts, walk }: DreamFilm): Picture[] {
  const factor = Math.max(1, Math.round(SIDE / side));
  const half = (frame: Uint8Array, label: string, colour: string) => {
    const picture = framed(upscale(framePicture(frame, side), factor), 6, colour);
    return columnOf([textPicture(label, { scale: 2 }), picture], { gap: 6 });
  };
  return pictures.map((picture, t) => {
    const colour = VERDICT_COLOURS[verdicts[t]], step = `${t}`.padStart(`${codes.length}`.length);
    const code = t === 0 ? "-" : String(codes[t - 1]);
    const line = `STEP ${step}  CODE ${code}  ${verdicts[t]}`.padEnd(28);
    const other = walk ? half(walk.frames[t], "REALITY", "#ffffff") : half(nearest[t], "NEAREST TRUE", "#ffffff");
    return columnOf([
      rowOf([half(picture, "DREAM", colour), other], { gap: 14 }),
      textPicture(line, { scale: 2, colour }),
    ], { gap: 10, margin: 12 });
  });
}

/** What a dream shows, in words. */
export function dreamCaption({ codes, verdicts, psnr, states, walk }: DreamFilm): string {
  const steps = codes.length, count = (verdict: Verdict) => verdicts.filter((one) => one === verdict).length;
  const mean = psnr.reduce((a, b) => a + b, 0) / psnr.length;
  const constant = new Set(codes).size === 1 ? `latent action ${codes[0]} at every step` : "changing latent actions";
  const right = walk
    ? ` It shows what really came in ${
      percentText(walk.right.slice(1).filter(Boolean).length / Math.max(1, steps), 0)
    } of the steps.`
    : "";
  return `A dream of ${steps} steps from one true frame, ${
    walk ? "with the latent actions of a real walk" : constant
  }: ` +
    `${count("legal")} legal steps, ${count("stay")} without a change, ${
      count("impossible")
    } impossible; ${states} different states; ` +
    `${fixed(mean, 1)} dB to the nearest true frame.${right}`;
}
