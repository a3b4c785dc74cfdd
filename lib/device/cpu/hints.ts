/** What to write instead of names that WGSL does not have: words of other shader languages, and slips of the pen. */
import { builtinNames } from "./builtins.ts";

const SCALARS: Readonly<Record<string, string>> = {
  float: "f",
  double: "f",
  half: "f",
  int: "i",
  uint: "u",
  bool: "<bool>",
};
const PREFIXES: Readonly<Record<string, string>> = { "": "f", d: "f", i: "i", u: "u", b: "<bool>" };

const FUNCTIONS: Readonly<Record<string, string>> = {
  lerp: "mix(a, b, t)",
  frac: "fract(x)",
  rsqrt: "inverseSqrt(x)",
  inversesqrt: "inverseSqrt(x)",
  mod: "the operator %",
  fmod: "the operator %",
  mad: "fma(a, b, c)",
  fabs: "abs(x)",
  printf: "a buffer that you read back",
  barrier: "workgroupBarrier()",
  __syncthreads: "workgroupBarrier()",
  GroupMemoryBarrierWithGroupSync: "workgroupBarrier()",
  atomicCompSwap: "atomicCompareExchangeWeak(&x, old, new)",
};

/** Advice for an unknown type. */
export function typeHint(name: string): string | undefined {
  if (name === "f64" || name === "double") return "Use f32: WGSL has no numbers of 64 bits.";
  if (/^[iu](8|16|64)$/.test(name)) return `Use ${name[0]}32: integers have 32 bits.`;
  const word = /^(float|double|half|int|uint|bool)([234]?)$/.exec(name);
  if (word) return `Write ${word[2] ? `vec${word[2]}` : ""}${suffix(SCALARS[word[1]], word[2] !== "")}.`;
  const vector = /^([diub]?)vec([234])$/.exec(name);
  return vector ? `Write vec${vector[2]}${suffix(PREFIXES[vector[1]], true)}.` : undefined;
}

function suffix(letter: string, vector: boolean): string {
  if (letter === "<bool>") return vector ? letter : "bool";
  return vector ? letter : `${letter}32`;
}

/** Advice for an unknown function. */
export function functionHint(name: string, declared: Iterable<string>): string | undefined {
  if (Object.hasOwn(FUNCTIONS, name)) return `Use ${FUNCTIONS[name]}.`;
  if (/^(dpd[xy]|fwidth|dd[xy])/.test(name)) return "Derivatives belong to fragment shaders.";
  if (/^texture/.test(name)) return "Textures are outside the subset: bind a storage buffer and compute the index.";
  if (/^(subgroup|quad)/.test(name)) {
    return "Subgroups are outside the subset: use var<workgroup> and workgroupBarrier().";
  }
  return typeHint(name) ?? nearest(name, [...declared, ...builtinNames()]);
}

/** "Did you mean …?", if one of the names is nearly this one. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let [best, found] = [Math.min(3, Math.ceil(name.length / 3) + 1), ""];
  for (const other of new Set(names)) {
    const steps = distance(name.toLowerCase(), other.toLowerCase(), best);
    if (steps < best) [best, found] = [steps, other];
  }
  return found ? `Did you mean ${found}?` : undefined;
}

/** Letters to insert, delete, replace or swap with a neighbour to get from one word to the other; `most` if not fewer. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return most;
  let rows: number[][] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const [before, last] = rows;
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j], before[j - 2] + 1);
      }
    }
    rows = [last, row];
  }
  return rows[1][b.length];
}
