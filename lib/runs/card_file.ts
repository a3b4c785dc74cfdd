/** `card.json` on disk: written with a digest, and read with every derived number derived again. */

import { dirname, join } from "node:path";
import { writeFileAtomic } from "../data/files.ts";
import { FormatError } from "../data/format_error.ts";
import {
  type Card,
  CARD_FORMAT,
  type CardRun,
  cardTitle,
  type Claim,
  judge,
  type Measured,
  summarise,
} from "./card.ts";
import { Field, jsonText, parseJson, readBytes } from "./json.ts";
import { openRun } from "./run_folder.ts";

const ADVICE = "Run the experiment again to get a true card; this file was not changed.";

/** Fixed order of keys, so that equal cards have equal text. */
function ordered(card: Card): Card {
  const sorted = (words: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(words).sort(([a], [b]) => a < b ? -1 : 1));
  const run = (r: CardRun): CardRun => ({
    seed: r.seed,
    seconds: r.seconds,
    peakMemoryBytes: r.peakMemoryBytes,
    device: r.device,
    versions: sorted(r.versions),
    commit: r.commit,
  });
  const claim = (c: Claim): Claim => ({
    id: c.id,
    text: c.text,
    source: c.source,
    quantity: c.quantity,
    comparison: c.comparison,
    target: c.target,
    tolerance: c.tolerance,
    measured: { values: c.measured.values, mean: c.measured.mean, spread: c.measured.spread },
    holds: c.holds,
  });
  const { format, experiment, game, preset, mode } = card;
  return { format, experiment, game, preset, mode, runs: card.runs.map(run), claims: card.claims.map(claim) };
}

async function digest(card: Card): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(ordered(card)));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", text)).toHex();
}

/** Equal but for rounding in the last digits, which another version's summation order may change. */
function same(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= 1e-9 * Math.max(1e-300, Math.abs(a), Math.abs(b));
}

function readMeasured(field: Field, runs: number): Measured {
  const values = field.at("values").list().map((value) => value.nullable((f) => f.number()));
  if (values.length !== runs) field.at("values").fail(`${runs} values, one per run`, `${values.length}`);
  const measured = {
    values,
    mean: field.at("mean").nullable((f) => f.number()),
    spread: field.at("spread").nullable((f) => f.number()),
  };
  const { mean, spread } = summarise(values);
  if (!same(measured.mean, mean)) field.at("mean").fail(`${mean}, the mean of the values`);
  if (!same(measured.spread, spread)) field.at("spread").fail(`${spread}, the standard deviation of the values`);
  return measured;
}

function readClaim(field: Field, runs: number): Claim {
  const tolerance = field.at("tolerance").number();
  if (tolerance < 0) field.at("tolerance").fail("a number of at least 0");
  const open = {
    id: field.at("id").text(),
    text: field.at("text").text(),
    source: field.at("source").text(),
    quantity: field.at("quantity").text(),
    comparison: field.at("comparison").oneOf([">=", "<=", "within"]),
    target: field.at("target").number(),
    tolerance,
    measured: readMeasured(field.at("measured"), runs),
  };
  const holds = field.at("holds").boolean();
  if (holds !== judge(open)) field.at("holds").fail(`${!holds}, which follows from the numbers`);
  return { ...open, holds };
}

function readRun(field: Field): CardRun {
  const words = field.at("versions");
  const seconds = field.at("seconds").number();
  if (seconds < 0) field.at("seconds").fail("a number of at least 0");
  return {
    seed: field.at("seed").integer(0),
    seconds,
    peakMemoryBytes: field.at("peakMemoryBytes").nullable((f) => f.integer(0)),
    device: field.at("device").text(),
    versions: Object.fromEntries(Object.keys(words.object()).map((key) => [key, words.at(key).text()])),
    commit: field.at("commit").nullable((f) => f.text()),
  };
}

function unique<T>(field: Field, items: readonly T[], key: (item: T) => string | number, what: string): void {
  const keys = items.map(key);
  const twice = keys.find((k, i) => keys.indexOf(k) < i);
  if (twice !== undefined) field.fail(`each ${what} once`, `${what} ${JSON.stringify(twice)} twice`);
}

function parseCard(value: unknown, where: string): { card: Card; digest: string } {
  const field = new Field(value, where, ADVICE);
  const format = field.at("format").version(CARD_FORMAT);
  const runs = field.at("runs").list().map(readRun);
  if (runs.length === 0) field.at("runs").fail("at least one run", "none");
  unique(field.at("runs"), runs, (run) => run.seed, "seed");
  const claims = field.at("claims").list().map((claim) => readClaim(claim, runs.length));
  if (claims.length === 0) field.at("claims").fail("at least one claim", "none");
  unique(field.at("claims"), claims, (claim) => claim.id, "id");
  const card: Card = {
    format,
    experiment: field.at("experiment").text(),
    game: field.at("game").nullable((f) => f.text()),
    preset: field.at("preset").text(),
    mode: field.at("mode").text(),
    runs,
    claims,
  };
  return { card, digest: field.at("digest").text("a SHA-256") };
}

/**
 * Writes `card.json` into a folder, with a digest of its content. The card is checked as if it were read.
 *
 * @returns the file's path
 * @throws FormatError when the card is not consistent
 */
export async function writeCard(folder: string, card: Card): Promise<string> {
  const path = join(folder, "card.json");
  const whole = { ...ordered(card), digest: await digest(card) };
  parseCard(whole, path);
  await writeFileAtomic(path, jsonText(whole, "card.json"));
  return path;
}

/**
 * Reads a card and derives every mean, spread and verdict again.
 *
 * @param path the file itself, or a folder that holds `card.json`
 * @throws FormatError when it is missing, malformed, of a newer version, when a derived number does not follow from the measured
 * ones, or when the digest shows that it was edited
 */
export async function readCard(path: string): Promise<Card> {
  const file = (await Deno.stat(path).catch(() => null))?.isDirectory ? join(path, "card.json") : path;
  const bytes = await readBytes(
    file,
    "a reproduction card",
    "Give a run that is finished; a run's card is written at its end.",
  );
  const { card, digest: stored } = parseCard(parseJson(bytes, file, ADVICE), file);
  const found = await digest(card);
  if (stored !== found) {
    throw new FormatError({
      where: `${file}, digest`,
      expected: `${found.slice(0, 12)}…, which follows from the card`,
      found: `${stored.slice(0, 12)}…: the card was changed after it was written`,
      advice: ADVICE,
    });
  }
  await checkAgainstRun(card, file);
  return card;
}

/** A card that lies in a run folder tells of that run and no other. */
async function checkAgainstRun(card: Card, file: string): Promise<void> {
  const folder = dirname(file);
  if (!(await Deno.stat(join(folder, "config.json")).catch(() => null))) return;
  const { config } = await openRun(folder);
  if (cardTitle(config) === cardTitle(card) && card.runs.some((run) => run.seed === config.seed)) return;
  throw new FormatError({
    where: file,
    expected: `the card of ${cardTitle(config)}, seed ${config.seed}, as config.json beside it says`,
    found: `that of ${cardTitle(card)}, seed ${card.runs.map((run) => run.seed).join(", ")}`,
    advice: ADVICE,
  });
}
