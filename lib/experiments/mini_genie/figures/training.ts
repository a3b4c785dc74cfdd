import { below, type Chart, curves, type Figure, figure } from "../../../figures/mod.ts";
import type { MetricsRow } from "../../../runs/mod.ts";
import { seriesOf, stageRows } from "../../metric_series.ts";
import type { StageName } from "../train.ts";

/** A panel: metrics that share an axis. */
interface Panel {
  readonly title: string;
  readonly names: Readonly<Record<string, string>>;
  readonly y: string;
  readonly logY?: boolean;
  /** The vertical axis reaches at least so far: what is nearly 0 is to look like it. */
  readonly least?: number;
}

const PANELS: Readonly<Record<StageName, readonly Panel[]>> = {
  "vq-vae": [
    {
      title: "Losses",
      names: { loss: "total", reconstruction: "reconstruction", commitment: "commitment", codebook: "codebook" },
      y: "Loss",
      logY: true,
    },
    {
      title: "Codes of the codebook",
      names: { codes: "in use in a batch", perplexity: "perplexity", codesUsed: "in use over all frames" },
      y: "Codes",
    },
    { title: "Reconstruction", names: { psnr: "mean", worstPsnr: "worst frame" }, y: "PSNR (dB)" },
  ],
  pair: [
    { title: "Cross-entropy of the next tokens (CE)", names: { prediction: "CE" }, y: "Nats a token", logY: true },
    {
      title: "Entropy of the latent action",
      names: { conditional: "H, of one sample: how unsure", marginal: "H_m, of the batch: how varied" },
      y: "Nats",
      least: 1,
    },
    {
      title: "Tokens that change: share foretold",
      names: {
        changed: "in training batches",
        changedSoft: "from all probabilities (soft)",
        changedHard: "from the likeliest code (hard)",
      },
      y: "Share",
      least: 1,
    },
  ],
};

const TITLES: Readonly<Record<StageName, string>> = {
  "vq-vae": "Eyes: the VQ-VAE learns to see",
  pair: "Brain: latent actions and dynamics learn together",
};

/** Training curves of one stage. Panels whose metrics were not logged are left out. */
export function trainingFigure(rows: readonly MetricsRow[], stage: StageName): Figure {
  const own = stageRows(rows, stage);
  const charts = PANELS[stage].flatMap(({ title, names, y, logY = false, least }): Chart[] => {
    const series = seriesOf(own, names), most = Math.max(...series.flatMap((one) => Array.from(one.y)));
    const yRange = least === undefined ? {} : { yRange: [0, Math.max(least, Math.ceil(2 * most) / 2)] as const };
    return series.length === 0
      ? []
      : [curves({ title, series, x: "Training step", y, logY, ...yRange, width: 560, height: 130 })];
  });
  return figure(
    `training_${stage.replace("-", "_")}`,
    `Training of the ${stage === "pair" ? "action net and the dynamics" : "VQ-VAE"}: ${charts.length} panels over ` +
      `the steps ${own[0]?.step ?? 0} to ${own.at(-1)?.step ?? 0}.`,
    below(charts.length ? charts : [curves({ series: [] })], { title: TITLES[stage] }),
  );
}
