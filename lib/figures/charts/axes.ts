/** How many marks an axis gets, and where a logarithmic one has them. */
import type { Chart } from "../spec.ts";

/** Labels that an axis of this many pixels has room for, between 2 and 6. */
export function tickCount(pixels: number): number {
  return Math.min(6, Math.max(2, Math.round(pixels / 40)));
}

/**
 * Marks of a logarithmic axis, from the last one at or below `low` to the first one at or above `high`: 1, 2, 5 of every decade when there
 * are few decades, else powers of ten, at most about seven.
 */
export function logTicks(low: number, high: number): number[] {
  const decades = Math.log10(high / low);
  const mantissas = decades <= 1.5 ? [1, 2, 5] : [1];
  const step = Math.max(1, Math.ceil(decades / 6));
  const all: number[] = [];
  const first = Math.floor(Math.log10(low) / step) * step;
  for (let exponent = first; exponent <= Math.ceil(Math.log10(high)) + step; exponent += step) {
    for (const mantissa of mantissas) all.push(Number(`${mantissa}e${exponent}`));
  }
  const from = all.findLastIndex((tick) => tick <= low), to = all.findIndex((tick) => tick >= high);
  return all.slice(Math.max(0, from), (to < 0 ? all.length : Math.max(to, from + 1)) + 1);
}

/** What an axis of numbers needs to know. */
export interface NumberAxis {
  readonly log: boolean;
  /** Ends that the user has chosen. */
  readonly range?: readonly [number, number];
  /** Starts a linear axis at 0. */
  readonly zero: boolean;
  /** Everything that must lie on a logarithmic axis. */
  readonly values: readonly number[];
  /** Pixels along the axis. */
  readonly pixels: number;
  /** d3 format. */
  readonly format?: string;
}

/** `scale` and `axis` of an encoding. */
export function numberAxis({ log, range, zero, values, pixels, format }: NumberAxis): { scale: Chart; axis: Chart } {
  const count = tickCount(pixels);
  const given = format === undefined ? {} : { format };
  if (!log) {
    const scale = range === undefined ? { zero, nice: count } : { zero, nice: false, domain: range };
    return { scale, axis: { tickCount: count, ...given } };
  }
  const shown = values.filter((value) => value > 0);
  const [low, high] = range ??
    [shown.reduce((a, b) => Math.min(a, b), Infinity), shown.reduce((a, b) => Math.max(a, b), 0)];
  const ticks = logTicks(low, high);
  const domain = range ?? [ticks[0], ticks[ticks.length - 1]];
  return { scale: { type: "log", nice: false, domain }, axis: { values: ticks, format: "~g", ...given } };
}
