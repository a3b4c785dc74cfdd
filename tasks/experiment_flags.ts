import { GAMES, MODES, PRESETS, type Repair, REPAIRS } from "../lib/experiments/rules_and_chance/settings.ts";
import { unknownChoice } from "./cli.ts";

/** Flags of all commands that work on experiment 1. */
export const experimentFlags = {
  game: { kind: "choice", choices: GAMES, default: "2048", help: "which game" },
  preset: {
    kind: "choice",
    choices: PRESETS,
    default: "small",
    help: "tiny: seconds, small: minutes, full: the original's sizes, for a GPU",
  },
  mode: {
    kind: "choice",
    choices: MODES,
    default: "corrected",
    help: "the original as it computes, or with its defects repaired",
  },
  without: {
    kind: "string",
    value: "C1,C4",
    help: `leave repairs out of corrected: ${Object.keys(REPAIRS).join(", ")}`,
  },
} as const;

/** "C1,C4" → the repairs. */
export function parseRepairs(text: string | undefined): Repair[] {
  return (text ?? "").split(",").map((part) => part.trim()).filter(Boolean).map((part) => {
    if (!(part in REPAIRS)) throw unknownChoice("repair", part, Object.keys(REPAIRS));
    return part as Repair;
  });
}
