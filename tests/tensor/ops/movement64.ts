/** Movements of elements in float64: what the operations of movement.ts must do. */
import { eachIndex, type Nd, placesIn, stridesOf, zeros } from "../../support/float64.ts";

export function broadcast64(x: Nd, shape: readonly number[]): Nd {
  const out = zeros(shape), place = placesIn(x.shape, shape);
  out.data.forEach((_, i) => out.data[i] = x.data[place[i]]);
  return out;
}

/** Elements [begin, end) of one axis; negative begins and ends beyond the size read zeros, so that it also pads. */
export function window64(x: Nd, axis: number, begin: number, end: number): Nd {
  const shape = x.shape.map((size, i) => i === axis ? end - begin : size);
  const out = zeros(shape), strides = stridesOf(x.shape);
  eachIndex(shape, (index, flat) => {
    const at = index[axis] + begin;
    if (at < 0 || at >= x.shape[axis]) return;
    out.data[flat] = x.data[index.reduce((sum, c, i) => sum + (i === axis ? at : c) * strides[i], 0)];
  });
  return out;
}

export function concat64(parts: readonly Nd[], axis: number): Nd {
  const total = parts.reduce((sum, part) => sum + part.shape[axis], 0);
  const out = zeros(parts[0].shape.map((size, i) => i === axis ? total : size));
  let start = 0;
  for (const part of parts) {
    const padded = window64(part, axis, -start, total - start);
    padded.data.forEach((value, i) => out.data[i] += value);
    start += part.shape[axis];
  }
  return out;
}
