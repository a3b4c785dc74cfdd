/** The result of a benchmark: tables in Markdown, and everything in JSON. */
import type { Case } from "./cases/case.ts";
import type { GameSpeed } from "./games.ts";
import type { Machine } from "./machine.ts";
import type { PeerEntry, Target } from "./peers/list.ts";
import type { Cell, Limits } from "./run_case.ts";

/** All cells of one adapter, or of the processor. */
export interface TargetResult {
  readonly target: Target;
  /** Name of the adapter or processor. */
  readonly device: string;
  readonly peers: readonly Pick<PeerEntry, "id" | "title" | "against">[];
  readonly cells: readonly Cell[];
}

export interface BenchResult {
  readonly machine: Machine;
  readonly limits: Limits;
  readonly cases: readonly Case[];
  readonly targets: readonly TargetResult[];
  readonly games: readonly GameSpeed[];
}

/** Every number, for other programs. */
export function toJson(result: BenchResult): string {
  return JSON.stringify(result, null, 2) + "\n";
}

export function toMarkdown(result: BenchResult): string {
  const { machine, limits } = result;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`).join(", ");
  const parts = [
    `Machine: ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}.`,
    `Versions: ${versions}${machine.commit ? `, commit ${machine.commit}` : ""}.`,
    `Median of the runs of at most ${limits.repeats} turns; in a turn they follow each other for ${limits.turnMs} ms, each read back; × is the time of the peer over that of Tessera with as many threads.`,
  ];
  for (const target of result.targets) parts.push("", targetTables(target, result.cases));
  if (result.games.length > 0) {
    parts.push("", "## Games, one core, without drawing", "");
    const rows = result.games.map((
      { game, stepsPerSecond },
    ) => [game, Math.round(stepsPerSecond).toLocaleString("en")]);
    parts.push(table(["game", "steps per second"], rows));
  }
  return parts.join("\n") + "\n";
}

function targetTables({ target, device, peers, cells }: TargetResult, cases: readonly Case[]): string {
  const notes: string[] = [];
  const note = (text: string) => {
    if (!notes.includes(text)) notes.push(text);
    return `[${notes.indexOf(text) + 1}]`;
  };
  const find = (entry: Case, peer: string) => cells.find((cell) => cell.case === entry.id && cell.peer === peer)!;
  const medians = cases.map((entry) => [
    entry.title,
    ...peers.map(({ id, title, against }) => {
      const cell = find(entry, id), ours = cells.find((cell) => cell.case === entry.id && cell.peer === against);
      return cellText(entry, cell, ours, (text) => note(`${title}: ${text}`));
    }),
  ]);
  const firsts = cases.map((entry) => [
    entry.title,
    ...peers.map(({ id }) => {
      const { firstMs } = find(entry, id);
      return firstMs === null ? "–" : milliseconds(firstMs);
    }),
  ]);
  const heads = ["case", ...peers.map(({ title }) => title)];
  return [
    `## ${target === "cpu" ? "Processor" : "WebGPU"}: ${device}`,
    "",
    table(heads, medians),
    ...notes.map((text, i) => `\n[${i + 1}] ${text}`),
    "",
    "Time of the first run, which compiles:",
    "",
    table(heads, firsts),
  ].join("\n");
}

function cellText(entry: Case, cell: Cell, ours: Cell | undefined, note: (text: string) => string): string {
  if (!cell.spread) return `– ${note(cell.failure ?? "not measured")}`;
  const { median } = cell.spread, parts = [milliseconds(median), `${significant(entry.flops / median / 1e6)} GFLOP/s`];
  if (ours?.spread) parts.push(`${significant(median / ours.spread.median)}×`);
  const marks: string[] = [];
  if (cell.samples.length === 1) marks.push(note("one run only, because it is slow"));
  if (cell.failure !== null) marks.push(note(`stopped: ${cell.failure}`));
  if (cell.deviation !== null && cell.deviation > entry.tolerance) {
    marks.push(note(`its numbers differ from the other peers' by ${significant(cell.deviation)} in ${entry.id}`));
  }
  return [parts.join(", "), ...marks].join(" ");
}

/** Two or three digits that matter, from microseconds to minutes. */
export function milliseconds(value: number): string {
  if (value >= 1000) return `${significant(value / 1000)} s`;
  return value >= 1 ? `${significant(value)} ms` : `${significant(value * 1000)} µs`;
}

function significant(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heads, ...rows], widths = heads.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  return [line(heads), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
