/** The experiments, one folder each. */
export * as rulesAndChance from "./rules_and_chance/mod.ts";
export { type GoldenCheck, GoldenChecks } from "./golden_checks.ts";
