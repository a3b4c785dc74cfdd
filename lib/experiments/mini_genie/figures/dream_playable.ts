import type { Playable } from "../../../figures/mod.ts";
import { fixed } from "../../plain_table.ts";
import { type CodeNames, nameOfCode } from "../code_names.ts";
import type { DreamPaths } from "../dream_paths.ts";
import type { KnownWorld } from "../known_world.ts";
import { framePicture } from "./names.ts";

/** A dream to play inside of a notebook: each picture beside the nearest true frame, keys are latent actions (spec 3 §8, row 15). */
export function dreamPlayable(
  { side, actions, places }: DreamPaths,
  world: KnownWorld,
  names: CodeNames | null,
): Playable {
  const size = side * side * 3,
    keys = Array.from({ length: actions }, (_, code) => nameOfCode(names, code) ?? `code ${code}`);
  const truth = (frame: number) => framePicture(world.frames.subarray(frame * size, (frame + 1) * size), side);
  // Seven lies coprime to most counts, so that starts that follow each other look different.
  const starts = Array.from(
    { length: Math.min(world.count, places.length) },
    (_, i) => i * 7 % Math.min(world.count, places.length),
  );
  return {
    title: "A dream to play: click here, then press the keys",
    titles: ["the dream", "the nearest true frame"],
    keys,
    starts: [...new Set(starts)],
    places: places.map(({ picture, nearest, psnr, next, verdicts }) => ({
      pictures: [framePicture(picture, side), truth(nearest)],
      text: `${fixed(psnr, 1)} dB from the nearest true frame`,
      next,
      told: keys.map((name, code) => `${name}: ${verdicts[code] ?? "not followed"}`),
    })),
  };
}
