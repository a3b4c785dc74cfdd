import { type Agreement, agreement, confusion, type PermutationBand, permutationBand } from "../../analysis/mod.ts";
import { ACTION_NAMES_MINIGRID } from "../../games/mod.ts";
import type { Stream } from "../../random.ts";
import { HEADING_NAMES } from "./code_names.ts";
import type { KnownWorld } from "./known_world.ts";

/** What a latent action could mean. */
export type Explanation = "action" | "heading after" | "heading before" | "cell after" | "state after";

/** Agreement of the latent actions with one explanation of them. */
export interface Meaning {
  readonly explanation: Explanation;
  readonly agreement: Agreement;
  /** NMI of latent actions that were dealt out at random. */
  readonly chance: PermutationBand;
  /** [labels, A]: how often each label and latent action were recorded together. */
  readonly table: Float64Array;
  /** Names of the labels. */
  readonly labels: readonly string[];
}

/**
 * Scores every explanation that the world allows (spec 3 §7.2, items 1–3): over all moves that change the picture, each as often as
 * it was recorded.
 *
 * @param codes latent action of each move of the world
 * @param actions number of latent actions A
 */
export function meanings(world: KnownWorld, codes: ArrayLike<number>, actions: number, stream: Stream): Meaning[] {
  const { moves, states } = world, weights = moves.map(({ count }) => count);
  const meaning = (explanation: Explanation, labels: readonly number[], names: readonly string[]): Meaning => {
    const table = confusion(labels, codes, names.length, actions, weights);
    const items = { labels, codes, weights, labelCount: names.length, codeCount: actions };
    return {
      explanation,
      agreement: agreement(table, names.length, actions),
      chance: permutationBand(items, stream),
      table,
      labels: names,
    };
  };
  const taken = [...new Set(moves.map(({ action }) => action))].sort((a, b) => a - b);
  const found = [meaning(
    "action",
    moves.map(({ action }) => taken.indexOf(action)),
    taken.map(actionLabel),
  )];
  if (states === null) return found;
  const cells = [...new Set(states.map(({ x, y }) => `${x}, ${y}`))];
  const cellOf = (state: number) => cells.indexOf(`${states[state].x}, ${states[state].y}`);
  const nameOf = ({ x, y, heading }: typeof states[number]) => `${x}, ${y} ${HEADING_NAMES[heading]}`;
  return [
    ...found,
    meaning("heading after", moves.map(({ to }) => states[to].heading), HEADING_NAMES),
    meaning("heading before", moves.map(({ from }) => states[from].heading), HEADING_NAMES),
    meaning("cell after", moves.map(({ to }) => cellOf(to)), cells),
    meaning("state after", moves.map(({ to }) => to), states.map(nameOf)),
  ];
}

/** Name of a true action among the labels. */
export function actionLabel(action: number): string {
  return ACTION_NAMES_MINIGRID[action] ?? String(action);
}

/** The explanation with the most mutual information, normalised; states and cells, which say too much, are left out. */
export function bestMeaning(found: readonly Meaning[]): Meaning {
  const simple = found.filter(({ explanation }) => explanation === "action" || explanation.startsWith("heading"));
  return simple.reduce((best, one) => one.agreement.nmi > best.agreement.nmi ? one : best);
}
