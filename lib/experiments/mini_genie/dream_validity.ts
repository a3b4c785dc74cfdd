import { type Choice, dream, type Dreamer } from "../../models/mini_genie/mod.ts";
import type { KnownWorld } from "./known_world.ts";
import { recognise, type Recognised } from "./nearest_frames.ts";
import { stepJudge } from "./verdict.ts";

/** How true dreams stay (spec 3 §7.2, item 8). */
export interface DreamValidity {
  /** "constant", "random" or "script". */
  readonly codes: string;
  /** "greedy" or "top-k". */
  readonly choice: string;
  /** Dreams and steps in each. */
  readonly dreams: number;
  readonly steps: number;
  /** Share of steps that the true world allows, or that change nothing. */
  readonly legal: number;
  /** Share of steps that change nothing: a part of `legal`. */
  readonly stay: number;
  /** Mean PSNR to the nearest true frame, dB. */
  readonly psnr: number;
  /** Different true states that all dreams together visit, and that one visits on average. */
  readonly states: number;
  readonly statesPerDream: number;
}

/** A dream seen through true frames: one list for each moment. */
export interface SeenDream {
  /** What each dream shows at each moment: [steps + 1][n]. */
  readonly moments: readonly (readonly Recognised[])[];
  /** Grids i32 [n, N] of each moment. */
  readonly grids: readonly Int32Array[];
}

/** Dreams from n grids with the latent actions `script[t]` i32 [n], and recognises every picture. */
export async function seeDream(
  model: Pick<Dreamer, "predict" | "decodeExactly">,
  world: KnownWorld,
  start: Int32Array,
  script: readonly Int32Array[],
  choice: Choice,
): Promise<SeenDream> {
  const grids = await dream(model as Dreamer, start, script, choice), moments: Recognised[][] = [];
  for (const grid of grids) moments.push(recognise(await model.decodeExactly(grid), world));
  return { moments, grids };
}

/** Counts legal steps. @param codes what was tried, for the table */
export function validityOf({ moments }: SeenDream, world: KnownWorld, codes: string, choice: string): DreamValidity {
  const judge = stepJudge(world), dreams = moments[0].length;
  const visited = Array.from({ length: dreams }, () => new Set<number>());
  let legal = 0, stay = 0, psnr = 0;
  for (let t = 0; t < moments.length; t++) {
    moments[t].forEach((seen, i) => {
      visited[i].add(seen.nearest);
      psnr += seen.psnr;
      if (t === 0) return;
      const { verdict } = judge(moments[t - 1][i].nearest, seen.nearest);
      if (verdict === "stay") stay++;
      else if (verdict === "legal") legal++;
    });
  }
  const steps = moments.length - 1, all = Math.max(1, steps * dreams);
  return {
    codes,
    choice,
    dreams,
    steps,
    legal: (legal + stay) / all,
    stay: stay / all,
    psnr: psnr / (dreams * moments.length),
    states: new Set(visited.flatMap((own) => [...own])).size,
    statesPerDream: visited.reduce((sum, own) => sum + own.size, 0) / dreams,
  };
}
