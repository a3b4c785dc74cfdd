import { type Figure, figure, framed, gallery, upscale } from "../../../figures/mod.ts";
import type { DreamFilm } from "../dream_film.ts";
import { dreamCaption } from "./dream_gif.ts";
import { framePicture, VERDICT_COLOURS } from "./names.ts";

/** All pictures of a dream in rows, framed and named by what the true world says of each step. */
export function dreamStripFigure(
  film: DreamFilm,
  { name = "dream_strip", title }: { name?: string; title?: string } = {},
): Figure {
  const { side, codes, pictures, verdicts, walk } = film;
  return figure(
    name,
    dreamCaption(film),
    gallery({
      title: title ?? (walk ? "A dream that follows a real walk" : "A dream under one latent action"),
      subtitle: `${
        walk ? "✓: it shows what really came. " : ""
      }Under each picture its step, the latent action that led there, and what the world's rules say of it`,
      columns: 13,
      size: 58,
      pictures: pictures.map((picture, t) => ({
        picture: framed(upscale(framePicture(picture, side), 3), 6, VERDICT_COLOURS[verdicts[t]]),
        lines: [
          t === 0 ? "start" : `${t}: code ${codes[t - 1]}`,
          ...t === 0 ? [] : [`${verdicts[t]}${walk ? (walk.right[t] ? " ✓" : " ✗") : ""}`],
        ],
      })),
    }),
  );
}
