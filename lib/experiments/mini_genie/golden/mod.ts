import type { Device } from "../../../device/mod.ts";
import { type GoldenCheck, GoldenChecks, parseGolden } from "../../golden_checks.ts";
import { checkAgreement, checkTsne } from "./analysis.ts";
import { checkEnvironment } from "./environment.ts";
import type { Golden } from "./format.ts";
import { checkPair } from "./pair.ts";
import { checkAverages, checkFullSize, checkVqVae } from "./vq_vae.ts";
import { checkWindowCnn } from "./window_cnn.ts";

/** Holds one section of the file. `golden` is the whole parsed file. */
type SectionCheck = (device: Device, golden: Golden, checks: GoldenChecks) => void | Promise<void>;

/** Key in the file, and what checks it. */
const SECTIONS: readonly (readonly [string, SectionCheck])[] = [
  ["env", (_, golden, checks) => checkEnvironment(golden.env, checks)],
  ["tsne", (_, golden, checks) => checkTsne(golden.tsne, checks)],
  ["agreement", (_, golden, checks) => checkAgreement(golden.agreement, checks)],
  ["vqvae", checkVqVae],
  ["vqvae_full_size", checkFullSize],
  ["vq_ema", checkAverages],
  ["pair", checkPair],
  ["cnn_later_revision", checkWindowCnn],
];

/**
 * Holds this implementation against a golden file of experiment 3 (spec 3 §12): float64 PyTorch references.
 * @param where the file's name, for errors
 * @throws FormatError when the file is not of that format
 */
export async function checkGolden(device: Device, text: string, where: string): Promise<GoldenCheck[]> {
  const golden = parseGolden(text, where, SECTIONS.map(([key]) => key)) as unknown as Golden;
  const checks = new GoldenChecks();
  for (const [, check] of SECTIONS) await check(device, golden, checks);
  return checks.checks;
}
