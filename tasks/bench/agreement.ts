/** Whether the peers computed the same: a fast wrong answer is no measurement. */
import { median } from "./statistics.ts";

/** A few numbers of a result, and how large they are. Small results are kept whole. */
export interface Fingerprint {
  readonly values: readonly number[];
  readonly scale: number;
}

/** By the name of the result. */
export type Fingerprints = Readonly<Record<string, Fingerprint>>;

/** Norm and one fixed projection of a long array, or the array itself. */
export function fingerprint(data: ArrayLike<number>): Fingerprint {
  let squares = 0, projection = 0;
  for (let i = 0; i < data.length; i++) {
    squares += data[i] ** 2;
    projection += data[i] * Math.cos(0.7 * i);
  }
  const norm = Math.sqrt(squares);
  if (data.length > 16) return { values: [norm, projection], scale: norm };
  return { values: Array.from(data), scale: Math.max(...Array.from(data, Math.abs)) };
}

/**
 * For each peer the largest share by which one of its numbers differs from the median of all peers; infinity when one is
 * missing or not finite. Of arrays of different lengths, as of losses, the first numbers count.
 */
export function deviations(peers: readonly Fingerprints[]): number[] {
  const names = [...new Set(peers.flatMap((peer) => Object.keys(peer)))];
  return peers.map((peer) =>
    Math.max(0, ...names.map((name) => deviation(peer[name], peers.flatMap((other) => other[name] ?? []))))
  );
}

function deviation(own: Fingerprint | undefined, all: readonly Fingerprint[]): number {
  const sound = all.filter((print) => print.values.every(Number.isFinite));
  if (!own || !sound.includes(own)) return Infinity;
  const scale = median(sound.map((print) => print.scale)) || 1;
  const count = Math.min(...sound.map((print) => print.values.length));
  const middle = Array.from({ length: count }, (_, i) => median(sound.map((print) => print.values[i])));
  return Math.max(...middle.map((value, i) => Math.abs(own.values[i] - value) / scale));
}
