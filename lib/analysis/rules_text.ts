/** The printed summary of a rule table, `<game>_rules.txt` (spec 1 §7.3 and §7.5). */
import { mostFrequent, type RuleEntry, type RuleTable } from "./rule_table.ts";

/** What the summary says and how long it is. */
export interface RulesTextOptions {
  /** Name of the game. */
  readonly game: string;
  /** Most frequent rules shown; default 20. */
  readonly rules?: number;
  /** Most frequent chance entries shown; default 10. */
  readonly chance?: number;
  /** Name of an action, for example "left"; default its number. */
  readonly actionName?: (action: number) => string;
}

/**
 * The summary: number of entries, rules and chance with percentages, statistics, and the most frequent of both kinds, each as kind,
 * code, action, next code, observations and entropy with three decimals.
 */
export function rulesText(table: RuleTable, options: RulesTextOptions): string {
  const { game, rules = 20, chance = 10, actionName = String } = options;
  const key = table.byPosition ? "(position, code, action)" : "(code, action)";
  const lines = [
    `Rule table: ${game}`,
    `Entries, keyed by ${key}, with at least ${table.minCount} observations: ${table.entries.length} of ` +
    `${table.pairsSeen} seen`,
  ];
  if (!table.entropy) {
    lines.push(`Nothing was seen ${table.minCount} times: the data says nothing about rules and chance.`);
    return lines.join("\n") + "\n";
  }
  const { mean, std, min, max } = table.entropy;
  lines.push(
    `Rules  (H < ${table.ruleBits} bit): ${table.rules} (${percent(table.rules, table.entries.length)})`,
    `Chance (H ≥ ${table.ruleBits} bit): ${table.chance} (${percent(table.chance, table.entries.length)})`,
    `H (bits): mean ${bits(mean)}, std ${bits(std)}, min ${bits(min)}, max ${bits(max)}`,
    ...section("Most frequent rules", mostFrequent(table, "rule", rules), actionName),
    ...section("Most frequent chance entries", mostFrequent(table, "chance", chance), actionName),
  );
  return lines.join("\n") + "\n";
}

function section(title: string, entries: readonly RuleEntry[], actionName: (action: number) => string): string[] {
  if (!entries.length) return ["", `${title}: none`];
  const rows = entries.map((entry) => [
    entry.rule ? "RULE" : "CHANCE",
    ...(entry.position === null ? [] : [`position ${entry.position}`]),
    `code ${entry.code}`,
    `action ${actionName(entry.action)}`,
    `→ code ${entry.next}`,
    `n ${entry.count}`,
    `H ${bits(entry.entropy)}`,
  ]);
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: string[]) => "  " + row.map((text, column) => text.padEnd(widths[column])).join("  ").trimEnd();
  return ["", `${title} (${entries.length}):`, ...rows.map(line)];
}

function percent(part: number, whole: number): string {
  return `${(100 * part / whole).toFixed(1)} %`;
}

/** Three decimals; the published convention's −1.4e-10 prints as 0.000, not -0.000. */
function bits(value: number): string {
  return (Math.abs(value) < 0.0005 ? 0 : value).toFixed(3);
}
