import type { KnownWorld } from "./known_world.ts";

/**
 * What a step of a dream did, by the nearest true frames before and after it: a step that the true world allows, no change, or
 * a step that no action can take. The first moment of a dream is its start.
 */
export type Verdict = "start" | "legal" | "stay" | "impossible";

/** A judged step. */
export interface JudgedStep {
  readonly verdict: Exclude<Verdict, "start">;
  /** The true action that does the same, where one does. */
  readonly action: number | null;
}

/** Judges steps between true frames by the moves that the world knows. */
export function stepJudge({ moves }: Pick<KnownWorld, "moves">): (from: number, to: number) => JudgedStep {
  const actions = new Map(moves.map(({ from, to, action }) => [`${from} ${to}`, action]));
  return (from, to) => {
    const action = actions.get(`${from} ${to}`) ?? null;
    return { verdict: from === to ? "stay" : action !== null ? "legal" : "impossible", action };
  };
}
