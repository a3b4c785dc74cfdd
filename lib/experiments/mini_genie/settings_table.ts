import { ACTION_NAMES_MINIGRID } from "../../games/mod.ts";
import { tokenGridSide } from "../../models/mini_genie/mod.ts";
import type { PlainCell, PlainTable } from "../plain_table.ts";
import type { Repair, Settings, StageSettings } from "./settings.ts";

/** What is trained, in a row each; several settings stand side by side. */
export function settingsTable(settings: readonly Settings[]): PlainTable {
  const rows: [name: string, cell: (settings: Settings) => PlainCell][] = [
    ["environment", ({ data }) => data.name],
    ["episodes", ({ data }) => data.episodes],
    ["frames (pixels)", ({ model }) => `${model.imageSide} × ${model.imageSide}`],
    ["moves recorded mostly", ({ data }) => data.moves.map((move) => ACTION_NAMES_MINIGRID[move]).join(", ")],
    ["tokens", ({ model }) => `${tokenGridSide(model)} × ${tokenGridSide(model)}`],
    ["codes of the codebook", ({ model }) => model.vqVae.codes],
    ["latent actions", ({ model }) => model.actionNet.actions],
    ["VQ-VAE, length", ({ vqVae }) => lengthOf(vqVae)],
    ["… reconstruction loss", ({ vqVae }) => vqVae.reconstruction],
    ["… codebook learns by", ({ vqVae }) => `${vqVae.codebook}${vqVae.resets ? ", dead codes reset" : ""}`],
    ["action net and dynamics, length", ({ pair }) => `${lengthOf(pair)}${pair.cooldown > 0 ? ", falling" : ""}`],
    ["… latent action passed on", ({ pair }) => pair.bottleneck],
    ["… weight of H, of H_m", ({ pair }) => `${pair.conditional}, ${pair.marginal}`],
    [
      "repairs",
      ({ repairs }) => (Object.keys(repairs) as Repair[]).filter((repair) => repairs[repair]).join(" ") || "none",
    ],
  ];
  return {
    columns: ["setting", ...settings.map(({ mode }) => mode)],
    rows: rows.map(([name, cell]) => [name, ...settings.map(cell)]),
  };
}

function lengthOf({ steps, epochs, batch, learningRate }: StageSettings): string {
  return `${steps === null ? `${epochs} epochs` : `${steps} steps`} of ${batch}, learning rate ${learningRate}`;
}
