import type { ActionMap } from "./action_map.ts";
import type { Judged, Judgement } from "./judge.ts";
import type { Explanation, Meaning } from "./meaning.ts";
import { settingsFor } from "./presets.ts";
import type { Mode, PresetName, Repair, Settings } from "./settings.ts";

/** A meaning whose table is plain data. */
export interface PlainMeaning extends Omit<Meaning, "table"> {
  /** [labels][A]: how often each label and latent action were recorded together. */
  readonly table: readonly (readonly number[])[];
}

/** Everything that spec 3 §7 asks for, of one model, as plain data: survives JSON. */
export interface Analysis extends Omit<Judgement, "meanings" | "best"> {
  /** Environment, or the name of given episodes. */
  readonly game: string;
  readonly preset: PresetName;
  readonly mode: Mode;
  /** Repairs that a `corrected` or `relative` model did without: an ablation. */
  readonly without: readonly Repair[];
  /** Side of the token grid; N is its square. */
  readonly gridSide: number;
  /** Codes of the codebook V. */
  readonly codeCount: number;
  /** What is known of the true world: frames, and moves that change the picture, of which so many were recorded. */
  readonly world: { readonly frames: number; readonly moves: number; readonly recorded: number };
  readonly meanings: readonly PlainMeaning[];
  /** Which explanation of the latent actions wins. */
  readonly best: Explanation;
  /** Tokens that each recorded move changes, and how often it was recorded. */
  readonly changes: readonly { readonly tokens: number; readonly count: number }[];
  /** t-SNE of the latent actions; null where too few moves were recorded. */
  readonly map: ActionMap | null;
}

/** Gathers what is known of one model. */
export function analyse(
  { preset, mode, repairs, data, model }: Settings,
  { judgement, world, inferred }: Pick<Judged, "judgement" | "world" | "inferred">,
  map: ActionMap | null,
): Analysis {
  const whole = settingsFor(preset, mode).repairs, { meanings, best, ...measured } = judgement;
  const { before, after } = inferred, n = before.length / world.moves.length;
  const changed = (move: number) => {
    let tokens = 0;
    for (let p = move * n; p < (move + 1) * n; p++) tokens += Number(before[p] !== after[p]);
    return tokens;
  };
  return {
    ...measured,
    game: data.name,
    preset,
    mode,
    without: (Object.keys(repairs) as Repair[]).filter((repair) => whole[repair] && !repairs[repair]),
    gridSide: Math.sqrt(n),
    codeCount: model.vqVae.codes,
    world: {
      frames: world.count,
      moves: world.moves.length,
      recorded: world.moves.filter(({ count }) => count > 0).length,
    },
    meanings: meanings.map((meaning) => ({
      ...meaning,
      table: meaning.labels.map((_, row) => [
        ...meaning.table.subarray(row * judgement.actions, (row + 1) * judgement.actions),
      ]),
    })),
    best: best.explanation,
    changes: world.moves.map(({ count }, move) => ({ tokens: changed(move), count })).filter(({ count }) => count > 0),
    map,
  };
}
