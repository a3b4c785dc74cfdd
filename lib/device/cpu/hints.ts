/** What to write instead of names that WGSL does not have: words of other shader languages, and slips of the pen. */
import { nearest } from "../../spelling.ts";
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
  return typeHint(name) ?? didYouMean(name, [...declared, ...builtinNames()]);
}

/** "Did you mean …?", if one of the names is nearly this one. */
export function didYouMean(name: string, names: Iterable<string>): string | undefined {
  const near = nearest(name, [...names]);
  return near && `Did you mean ${near}?`;
}
