import { agreement, bestAssignment, confusion } from "../../analysis/mod.ts";
import { Action, ACTION_NAMES_MINIGRID } from "../../games/mod.ts";
import type { Dreamer } from "../../models/mini_genie/mod.ts";
import type { KnownWorld } from "./known_world.ts";
import { tokenRows } from "./token_rows.ts";

/** Headings by their numbers. */
export const HEADING_NAMES = ["right", "down", "left", "up"] as const;

/** What the latent actions of a model mean, as far as they mean anything. */
export interface CodeNames {
  /** What explains them better: the heading after the step, or the agent's own action. */
  readonly by: "heading" | "action";
  /** Normalised mutual information with it. */
  readonly nmi: number;
  /** Latent action of each heading (0 right … 3 up) or action (0 left, 1 right, 2 forward). No two are the same. */
  readonly codes: readonly number[];
}

/** Least mutual information of a meaning that deserves keys of its own. */
const TELLING = 0.5;
/** The actions that change an empty world. */
const MOVES = [Action.left, Action.right, Action.forward];

/**
 * Finds out what latent actions mean, from all moves of a known world.
 * @returns null where headings are not known, or the codes follow neither headings nor actions
 */
export async function nameCodes(
  model: Pick<Dreamer, "actions" | "infer" | "look" | "tokens" | "views">,
  { states, frames, moves }: KnownWorld,
): Promise<CodeNames | null> {
  if (states === null || moves.length === 0) return null;
  const looks = await model.look(frames);
  const seen = (frames: readonly number[]) => tokenRows(looks, model.tokens * model.views, frames);
  const { codes } = await model.infer(seen(moves.map(({ from }) => from)), seen(moves.map(({ to }) => to)));
  const weights = moves.map(({ count }) => count);
  const score = (by: CodeNames["by"], labels: readonly number[], count: number): CodeNames | null => {
    const table = confusion(labels, codes, count, model.actions, weights);
    if (!table.some((share) => share > 0)) return null;
    const { columns } = bestAssignment(table, count, model.actions);
    if (columns.includes(-1)) return null;
    return { by, nmi: agreement(table, count, model.actions).nmi, codes: columns };
  };
  const found = [score("heading", moves.map(({ to }) => states[to].heading), 4)];
  if (moves.every(({ action }) => MOVES.some((move) => move === action))) {
    found.push(score("action", moves.map(({ action }) => action), MOVES.length));
  }
  const best = found.filter((one) => one !== null).sort((a, b) => b.nmi - a.nmi)[0];
  return best && best.nmi >= TELLING ? best : null;
}

/** "turn left", "face down": what a latent action does, if it has a meaning. */
export function nameOfCode(names: CodeNames | null, code: number): string | null {
  const meaning = names?.codes.indexOf(code) ?? -1;
  if (names === null || meaning < 0) return null;
  if (names.by === "heading") return `face ${HEADING_NAMES[meaning]}`;
  return meaning === Action.forward ? "forward" : `turn ${ACTION_NAMES_MINIGRID[meaning]}`;
}
