import { FormatError } from "../data/mod.ts";
import type { Run } from "../runs/mod.ts";

/** One of the known values. @throws FormatError when a run's config holds another */
export function pickKnown<T extends string>(name: string, value: unknown, known: readonly T[]): T {
  if (known.includes(value as T)) return value as T;
  const advice = "The run was made by another version, or the file was edited.";
  throw new FormatError({ where: `config.json, ${name}`, expected: known.join(", "), found: String(value), advice });
}

/** Preset and mode of a run. @throws FormatError when the run is of another experiment, or a value is unknown */
export function pickConfig<P extends string, M extends string>(
  { config }: Run,
  experiment: string,
  presets: readonly P[],
  modes: readonly M[],
): { preset: P; mode: M } {
  pickKnown("experiment", config.experiment, [experiment]);
  return { preset: pickKnown("preset", config.preset, presets), mode: pickKnown("mode", config.mode, modes) };
}

/** The repairs that a run leaves out: an ablation. `published` has none to leave out. */
export function repairsLeftOut<R extends string>(
  { config }: Run,
  repairs: Readonly<Record<R, unknown>>,
): R[] {
  const stored = (config.settings.repairs ?? {}) as Partial<Record<R, unknown>>;
  return (Object.keys(repairs) as R[]).filter((repair) => config.mode !== "published" && stored[repair] === false);
}

/**
 * Same keys and kinds as the template; list lengths and `null` for an optional number may differ.
 * @throws FormatError that names the setting
 */
export function checkLike(value: unknown, template: unknown, where: string): void {
  const kind = (x: unknown) => x === null ? "nothing" : Array.isArray(x) ? "a list" : typeof x;
  const problem = (expected: string, found: string): never => {
    const advice = "Restore the file, or start a new run; deno task train lists the presets.";
    throw new FormatError({ where, expected, found, advice });
  };
  const loose = [kind(value), kind(template)].every((k) => k === "nothing" || k === "number");
  if (kind(value) !== kind(template) && !loose) problem(kind(template), kind(value));
  if (typeof value === "number" && !(Number.isFinite(value) && value >= 0)) {
    problem("a number of at least 0", String(value));
  }
  if (Array.isArray(value)) {
    if (value.length === 0) problem("a list that is not empty", "an empty list");
    value.forEach((item, i) => checkLike(item, (template as unknown[])[0], `${where}[${i}]`));
  } else if (typeof value === "object" && value !== null && template !== null) {
    const wanted = Object.keys(template as object), found = Object.keys(value);
    for (const key of wanted) if (!found.includes(key)) problem(`a setting "${key}"`, "none");
    for (const key of found) if (!wanted.includes(key)) problem(`only ${wanted.join(", ")}`, `"${key}"`);
    for (const key of wanted) {
      checkLike((value as Record<string, unknown>)[key], (template as Record<string, unknown>)[key], `${where}.${key}`);
    }
  }
}
