/** The experiments, one folder each. */
export * as rulesAndChance from "./rules_and_chance/mod.ts";
export { type GoldenCheck, GoldenChecks, type Summary } from "./golden_checks.ts";
