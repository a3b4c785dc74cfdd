import type { DreamModel } from "./live_dream.ts";
import { recognise } from "./nearest_frames.ts";
import type { KnownWorld } from "./known_world.ts";
import { stepJudge, type Verdict } from "./verdict.ts";

/** A picture that a greedy dream can come to. */
export interface DreamPlace {
  /** What the model sees, bytes [S, S, 3]. */
  readonly picture: Uint8Array;
  /** Index of the nearest true frame, and PSNR against it, dB. */
  readonly nearest: number;
  readonly psnr: number;
  /** Where each latent action leads, [A]: the index of a place, or −1 where the dream was not followed further. */
  readonly next: readonly number[];
  /** What each of these steps does in the true world, [A]; null where the dream was not followed further. */
  readonly verdicts: readonly (Exclude<Verdict, "start"> | null)[];
}

/** All places that dreams from the true frames come to, under any latent actions. */
export interface DreamPaths {
  /** Side S of the pictures in pixels. */
  readonly side: number;
  /** Latent actions A. */
  readonly actions: number;
  /** Places; the first are those of the world's true frames, as far as they differ. */
  readonly places: readonly DreamPlace[];
}

/**
 * Follows greedy dreams from every true frame under every latent action, breadth first. A greedy dream is a walk between token grids, so
 * a good model of a small world soon comes to no new grid, and the whole dream can be played without the model.
 *
 * @param most places, at most; default 400. Steps that lead beyond are left out.
 */
export async function dreamPaths(
  model: DreamModel,
  world: KnownWorld,
  { most = 400 }: { readonly most?: number } = {},
): Promise<DreamPaths> {
  const start = await model.encode(world.frames), n = start.length / world.count, { actions } = model;
  const known = new Map<string, number>(), grids: Int32Array[] = [], next: number[][] = [];
  const place = (grid: Int32Array) => {
    const key = grid.join(), found = known.get(key);
    if (found !== undefined) return found;
    if (grids.length >= Math.max(most, 1)) return -1;
    known.set(key, grids.length);
    return grids.push(grid) - 1;
  };
  for (let i = 0; i < world.count; i++) place(start.slice(i * n, (i + 1) * n));
  for (let done = 0; done < grids.length;) {
    const level = grids.slice(done), asked = Int32Array.from({ length: level.length * actions }, (_, i) => i % actions);
    const before = new Int32Array(asked.length * n);
    asked.forEach((_, i) => before.set(level[Math.floor(i / actions)], i * n));
    const after = await model.predict(before, asked);
    level.forEach((_, i) =>
      next.push(Array.from({ length: actions }, (_, code) => {
        const at = (i * actions + code) * n;
        return place(after.slice(at, at + n));
      }))
    );
    done += level.length;
  }
  const all = new Int32Array(grids.length * n);
  grids.forEach((grid, i) => all.set(grid, i * n));
  const decoded = await model.decodeExactly(all), seen = recognise(decoded, world), judge = stepJudge(world);
  const size = world.side ** 2 * 3;
  return {
    side: world.side,
    actions,
    places: seen.map(({ nearest, psnr }, i) => ({
      picture: Uint8Array.from(decoded.subarray(i * size, (i + 1) * size), (value) => Math.floor(255 * value)),
      nearest,
      psnr,
      next: next[i],
      verdicts: next[i].map((to) => to < 0 ? null : judge(nearest, seen[to].nearest).verdict),
    })),
  };
}
