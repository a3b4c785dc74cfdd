/**
 * Pages that a CPU device need not check at run time. Checking every index costs about half the speed of a matrix product.
 *
 * A page may be here when its indices follow from its sizes alone (never from data), and a test has run it checked over its
 * range of shapes (`tests/kernels/…_cpu_test.ts`).
 */
import type { KernelSource } from "./device.ts";

const codes = new Set<string>();

/** Marks a page of this library as correct for every shape that its plan allows. Known by its text, not by its name. */
export function trust<S extends KernelSource>(source: S): S {
  codes.add(source.code);
  return source;
}

/** True for pages that need no checks. */
export function isTrusted(source: KernelSource): boolean {
  return codes.has(source.code);
}
