/** Studies of models that need no training: tables that know a small world by heart, or break it on purpose. */
import { settingsFor, type Study, studyModel } from "../../../lib/experiments/mini_genie/mod.ts";
import type { Mode } from "../../../lib/experiments/mini_genie/mod.ts";
import type { MetricsRow } from "../../../lib/runs/mod.ts";
import { collapsedTable, deafTable, emptyWorld, headingTable, perfectTable, TableModel } from "./table_model.ts";

export const TABLES = { perfect: perfectTable, heading: headingTable, deaf: deafTable, collapsed: collapsedTable };
/** `perfect`: codes are true actions. `heading`: codes are headings. `deaf`: codes lead nowhere. `collapsed`: one code for all. */
export type Kind = keyof typeof TABLES;

const studies = new Map<string, Promise<Study>>();

/** The study of such a model, made once per test file. */
export function syntheticStudy(kind: Kind, mode: Mode = "corrected"): Promise<Study> {
  const key = `${kind} ${mode}`, world = emptyWorld();
  const known = studies.get(key) ??
    studyModel(new TableModel(world, TABLES[kind](world)), world, settingsFor("small", mode), 0, {
      steps: 12,
      starts: 4,
    });
  studies.set(key, known);
  return known;
}

/** Rows of metrics as both stages log them. */
export function syntheticMetrics(): MetricsRow[] {
  const rows: MetricsRow[] = [];
  for (let step = 50; step <= 200; step += 50) {
    const seen: Record<string, number> = step % 100 === 0
      ? { psnr: step / 10, worstPsnr: step / 12, nearest: 1, codesUsed: 64 }
      : {};
    rows.push({
      step,
      stage: "vq-vae",
      loss: 20 / step,
      reconstruction: 2 / step,
      commitment: 0.01,
      codes: 9,
      perplexity: 7,
      ...seen,
    });
  }
  for (let step = 250; step <= 400; step += 50) {
    const asked: Record<string, number> = step % 100 === 0
      ? { changedSoft: 0.9, changedHard: 0.7, actionsUsed: 8 }
      : {};
    rows.push({
      step,
      stage: "pair",
      loss: 1,
      prediction: 20 / step,
      changed: 0.8,
      conditional: 0.3,
      marginal: 2,
      ...asked,
    });
  }
  return rows;
}
