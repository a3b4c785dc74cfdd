/** `deno task verify [RUN…]`: reads reproduction cards again and says which claims hold. */

import { join } from "node:path";
import {
  type Card,
  cardTable,
  cardTitle,
  clock,
  listRuns,
  mergeCards,
  readCard,
  textTable,
  writeCard,
} from "../lib/runs/mod.ts";
import { type Command, defineCommand, describeError, main, sharedFlags, UsageError } from "./cli.ts";

/** What one card turned out to be. */
interface Verified {
  readonly path: string;
  readonly card: Card | null;
  /** Why there is no card. */
  readonly problem: string | null;
}

/** A run folder or a card stands for itself, any other folder for all runs below it. Runs without a card are still going on. */
async function cardPaths(given: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  const exists = async (path: string) => await Deno.stat(path).catch(() => null);
  for (const path of given) {
    const there = await exists(path);
    if (!there) throw new UsageError(`${path} does not exist. Give a run folder, a card.json, or a folder of runs`);
    if (there.isFile) paths.push(path);
    else {
      const runs = await listRuns(path);
      if (runs.length === 0) throw new UsageError(`${path} holds no run (no config.json and no card.json)`);
      // A run that is asked for by name is reported even when it has no card.
      if (runs.length === 1 && runs[0] === path) paths.push(join(path, "card.json"));
      else for (const run of runs) if (await exists(join(run, "card.json"))) paths.push(join(run, "card.json"));
    }
  }
  return [...new Set(paths)];
}

async function verify(path: string): Promise<Verified> {
  try {
    return { path, card: await readCard(path), problem: null };
  } catch (error) {
    return { path, card: null, problem: describeError(error) };
  }
}

/** Cards of the same experiment over several seeds, merged; of two cards with one seed, the last counts. */
function overSeeds(cards: readonly Card[]): Card[] {
  const groups = Map.groupBy(cards, cardTitle);
  const merged: Card[] = [];
  for (const group of groups.values()) {
    const bySeed = new Map(group.filter((card) => card.runs.length === 1).map((card) => [card.runs[0].seed, card]));
    if (bySeed.size < 2) continue;
    try {
      merged.push(mergeCards([...bySeed.values()]));
    } catch { /* their claims differ, as between versions: each card speaks for itself */ }
  }
  return merged;
}

function show(title: string, card: Card): string {
  const { columns, rows } = cardTable(card);
  const narrow = columns.map((name, i) => ({ name, i })).filter(({ name }) => name !== "claim");
  const ids = card.claims.map((c) => c.id);
  const seconds = card.runs.reduce((sum, run) => sum + run.seconds, 0);
  const devices = [...new Set(card.runs.map((run) => run.device))].join("; ");
  const seeds = card.runs.map((run) => run.seed).join(", ");
  const table = textTable(
    ["claim", ...narrow.map(({ name }) => name)],
    rows.map((
      row,
      k,
    ) => [ids[k], ...narrow.map(({ name, i }) => name === "holds" ? (row[i] ? "holds" : "FAILS") : row[i])]),
  );
  return `${title}\n${cardTitle(card)} · seed ${seeds} · ${clock(seconds)} · ${devices}\n\n${table}\n`;
}

const flags = {
  merge: {
    kind: "string",
    value: "FOLDER",
    help: "write one card for each experiment over its seeds: FOLDER/<run>/card.json",
  },
  json: sharedFlags.json,
} as const;

/** Writes the merged cards, each in a folder named after what it is about. */
async function writeMerged(folder: string, cards: readonly Card[]): Promise<void> {
  if (cards.length === 0) throw new UsageError("--merge needs the cards of at least two seeds of one experiment");
  for (const card of cards) {
    const name = [card.experiment, card.game, card.preset, card.mode].filter((part) => part !== null).join("-");
    await Deno.mkdir(join(folder, name), { recursive: true });
    console.log(`wrote ${await writeCard(join(folder, name), card)}`);
  }
}

/** The command. */
export const command: Command<typeof flags> = defineCommand({
  name: "verify",
  summary:
    "Reads reproduction cards, derives every verdict again from the measured numbers, and says which claims hold.\n" +
    "Exit code 1 when a claim does not hold or a card is damaged.",
  examples: [
    "deno task verify",
    "deno task verify runs/rules-and-chance/2048-small-corrected-seed0",
    "deno task verify runs --merge cards",
  ],
  positionals: [{ name: "RUN", many: true, help: "run folders, card.json files, or folders of runs (default: runs)" }],
  flags,
  async run({ flags, positionals }) {
    const given = positionals.length ? positionals : ["runs"];
    if (!positionals.length && !(await Deno.stat("runs").catch(() => null))) {
      throw new UsageError("there is no folder runs/ here. Make a run first (deno task demo), or name one");
    }
    const verified: Verified[] = [];
    for (const path of await cardPaths(given)) verified.push(await verify(path));
    const cards = verified.flatMap(({ card }) => card ?? []);
    const merged = overSeeds(cards);
    if (flags.merge !== undefined) await writeMerged(flags.merge, merged);
    const failing = cards.flatMap((card) => card.claims).filter((claim) => !claim.holds).length;
    const damaged = verified.length - cards.length;
    const claims = cards.reduce((sum, card) => sum + card.claims.length, 0);
    const ok = verified.length > 0 && failing === 0 && damaged === 0;
    if (flags.json) {
      console.log(JSON.stringify({ ok, claims, failing, damaged, cards: verified, merged }, null, 2));
      return ok ? 0 : 1;
    }
    for (const { path, card, problem } of verified) {
      console.log(card ? show(path, card) : `${path}\nNOT VERIFIED: ${problem}\n`);
    }
    for (const card of merged) console.log(show("over seeds", card));
    if (verified.length === 0) console.log("No card found: no run here is finished yet.");
    else {
      const also = damaged ? `; ${damaged} of ${verified.length} cards missing or damaged` : "";
      console.log(`${claims - failing} of ${claims} claims hold${also}.`);
    }
    return ok ? 0 : 1;
  },
});

if (import.meta.main) await main(command);
