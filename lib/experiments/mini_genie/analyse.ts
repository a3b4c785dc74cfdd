import type { ActionMap } from "./action_map.ts";
import { analyseEyes, type EyesAnalysis } from "./eyes.ts";
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
export interface Analysis extends Omit<Judgement, "meanings" | "best">, EyesAnalysis {
  /** Environment, or the name of given episodes. */
  readonly game: string;
  readonly preset: PresetName;
  readonly mode: Mode;
  /** Repairs that a `corrected` or `relative` model did without: an ablation. */
  readonly without: readonly Repair[];
  readonly meanings: readonly PlainMeaning[];
  /** Which explanation of the latent actions wins. */
  readonly best: Explanation;
  /** t-SNE of the latent actions; null where too few moves were recorded. */
  readonly map: ActionMap | null;
}

/** Gathers what is known of one model. */
export function analyse(
  settings: Settings,
  { judgement, world, inferred }: Pick<Judged, "judgement" | "world" | "inferred">,
  map: ActionMap | null,
): Analysis {
  const { preset, mode, repairs, data } = settings, whole = settingsFor(preset, mode).repairs;
  const { meanings, best, ...measured } = judgement;
  return {
    ...measured,
    ...analyseEyes(settings, world, inferred, judgement.eyes),
    game: data.name,
    preset,
    mode,
    without: (Object.keys(repairs) as Repair[]).filter((repair) => whole[repair] && !repairs[repair]),
    meanings: meanings.map((meaning) => ({
      ...meaning,
      table: meaning.labels.map((_, row) => [
        ...meaning.table.subarray(row * judgement.actions, (row + 1) * judgement.actions),
      ]),
    })),
    best: best.explanation,
    map,
  };
}
