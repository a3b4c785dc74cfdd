import type { Device } from "../../../device/mod.ts";
import { type GoldenCheck, GoldenChecks, parseGolden } from "../../golden_checks.ts";
import type { Golden } from "./format.ts";
import { checkGames } from "./games.ts";
import { checkModel } from "./model.ts";
import { checkQuantizer } from "./quantizer.ts";
import { checkRules } from "./rules.ts";

const KEYS = [
  "config",
  "params",
  "obs",
  "actions",
  "forward",
  "grads",
  "steps",
  "params_after_step_1",
  "params_after_step_3",
  "ema_after",
  "eval_step",
  "eval_step_pos",
  "quantizer_unit",
  "games",
  "rules",
];

/**
 * Holds this implementation against a golden file of experiment 1 (spec 1 §12): float64 PyTorch references.
 * @param where the file's name, for errors
 * @throws FormatError when the file is not of that format
 */
export async function checkGolden(device: Device, text: string, where: string): Promise<GoldenCheck[]> {
  const golden = parseGolden(text, where, KEYS) as unknown as Golden, checks = new GoldenChecks();
  checkGames(golden.games, checks);
  checkRules(golden.rules, checks);
  await checkQuantizer(device, golden, checks);
  await checkModel(device, golden, checks);
  return checks.checks;
}
