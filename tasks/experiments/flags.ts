/** Flags that mean the same in every experiment. */
import { unknownChoice, UsageError } from "../cli.ts";

/** `--preset`. */
export function presetFlag<const C extends readonly string[]>(choices: C) {
  const help = "tiny: seconds, small: minutes, full: the original's sizes, for a GPU";
  return { kind: "choice", choices, default: "small", help } as const;
}

/** `--mode`. */
export function modeFlag<const C extends readonly string[]>(choices: C) {
  const help = "the original as it computes, or with its defects repaired";
  return { kind: "choice", choices, default: "corrected", help } as const;
}

/** `--without`: an ablation. */
export function withoutFlag(repairs: Readonly<Record<string, unknown>>) {
  const [first, , , fourth] = Object.keys(repairs);
  const help = `leave repairs out of corrected: ${Object.keys(repairs).join(", ")}`;
  return { kind: "string", value: `${first},${fourth}`, help } as const;
}

/** "C1,C4" → the repairs. @throws UsageError for an unknown one, or for a mode that has none */
export function parseRepairs<R extends string>(
  text: string | undefined,
  repairs: Readonly<Record<R, unknown>>,
  mode: string,
): R[] {
  const chosen = (text ?? "").split(",").map((part) => part.trim()).filter(Boolean).map((part) => {
    if (!Object.hasOwn(repairs, part)) throw unknownChoice("repair", part, Object.keys(repairs));
    return part as R;
  });
  if (chosen.length && mode === "published") {
    throw new UsageError("--without is for --mode corrected; published has no repairs");
  }
  return chosen;
}
