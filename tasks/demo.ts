/** `deno task demo`: the whole of experiment 1 on both games, in one command. */
import { join } from "node:path";
import { writeFileAtomic } from "../lib/data/mod.ts";
import {
  type Analysis,
  experimentSummary,
  type GameName,
  GAMES,
  judgeClaims,
  PRESETS,
  type ReportedModel,
  runMetrics,
  settingsFor,
  startRun,
  study,
  trainRun,
  writeExperimentReport,
  writeRunCard,
} from "../lib/experiments/rules_and_chance/mod.ts";
import type { Device } from "../lib/device/mod.ts";
import { type Card, catchInterrupt, clock, type Interrupt, progress, silentProgress } from "../lib/runs/mod.ts";
import { defineCommand, main, sharedFlags } from "./cli.ts";
import { openChosenDevice } from "./open_device.ts";

export const demo = defineCommand({
  name: "demo",
  summary:
    "Trains 2048 and Othello (corrected), analyses both, and says which claims hold. Exit code 1 if one does not.",
  examples: ["deno task demo", "deno task demo --preset tiny --out /tmp/look", "deno task demo --json result.json"],
  flags: {
    preset: {
      kind: "choice",
      choices: PRESETS,
      default: "small",
      help: "tiny: seconds, too short to learn, small: minutes, full: for a GPU",
    },
    seed: sharedFlags.seed,
    device: sharedFlags.device,
    threads: sharedFlags.threads,
    out: { ...sharedFlags.out, help: "folder for the runs and the report; default runs/demo-N" },
    quiet: sharedFlags.quiet,
    json: { kind: "string", value: "FILE", help: "also write summary, claims and analyses to this file" },
  },
  async run({ flags }) {
    const began = performance.now();
    using device = await openChosenDevice(flags);
    using interrupt = catchInterrupt();
    const folder = flags.out ?? await freeFolder("runs/demo");
    console.error(`Rules and chance, preset ${flags.preset}, seed ${flags.seed}, on ${device.name}`);
    const models: (ReportedModel & { analysis: Analysis })[] = [], cards: Card[] = [];
    for (const game of GAMES) {
      const done = await oneGame(device, game, folder, flags, interrupt);
      if (!done) return interrupt.exitCode ?? 1;
      models.push(done.model);
      cards.push(done.card);
    }
    const analyses = models.map(({ analysis }) => analysis);
    const { html, figures } = await writeExperimentReport(folder, models, cards);
    const claims = analyses.flatMap(judgeClaims), holds = claims.every(({ claim }) => claim.holds);
    const seconds = (performance.now() - began) / 1000;
    if (flags.json !== undefined) {
      const result = {
        device: device.name,
        preset: flags.preset,
        seed: flags.seed,
        seconds,
        holds,
        claims: claims.map(({ claim }) => claim),
        analyses,
      };
      await writeFileAtomic(flags.json, JSON.stringify(result));
    }
    console.log(experimentSummary(analyses));
    console.log(`\n${figures.length} figures and the report: ${html}\n${clock(seconds)} in all on ${device.name}`);
    return holds ? 0 : 1;
  },
});

/** Trains and analyses one game. `null` when it was interrupted. */
async function oneGame(
  device: Device,
  game: GameName,
  folder: string,
  flags: { preset: typeof PRESETS[number]; seed: number; quiet: boolean },
  interrupt: Interrupt,
): Promise<{ model: ReportedModel & { analysis: Analysis }; card: Card } | null> {
  const settings = settingsFor(game, flags.preset, "corrected");
  const run = await startRun({ settings, seed: flags.seed, device, out: join(folder, game) });
  const { experiment, result } = await trainRun(run, device, {
    signal: interrupt.signal,
    progress: (total, label, from) =>
      flags.quiet ? silentProgress(total, label) : progress(total, `${game} ${label}`, { from }),
  });
  try {
    if (!result.finished) {
      console.error(`Stopped. Continue with: deno task train rules-and-chance --resume ${run.folder}`);
      return null;
    }
    const { analysis, examples, test } = await study(experiment);
    const card = await writeRunCard(run, analysis, Object.values(result.seconds).reduce((a, b) => a + b, 0));
    return { model: { analysis, examples, games: test.games, metrics: await runMetrics(run) }, card };
  } finally {
    experiment.dispose();
  }
}

async function freeFolder(prefix: string): Promise<string> {
  await Deno.mkdir("runs", { recursive: true });
  for (let n = 1;; n++) {
    try {
      await Deno.mkdir(`${prefix}-${n}`);
      return `${prefix}-${n}`;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

if (import.meta.main) await main(demo);
