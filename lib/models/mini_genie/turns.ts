/**
 * Square pictures followed by three turned copies of all: picture f turned by r quarters is picture r·D + f (spec 3 R9). Turned
 * clockwise, never mirrored, which would swap left and right.
 *
 * @param pictures bytes [D, S, S, 3]
 * @param side S
 * @returns bytes [4·D, S, S, 3]
 */
export function withTurns(pictures: Uint8Array, side: number): Uint8Array {
  const out = new Uint8Array(4 * pictures.length);
  out.set(pictures);
  for (let turn = 1; turn < 4; turn++) {
    const from = (turn - 1) * pictures.length, to = turn * pictures.length;
    for (let pixel = 0; pixel < pictures.length / 3; pixel++) {
      const x = pixel % side, y = Math.floor(pixel / side) % side, base = pixel - y * side - x;
      // What was at (x, y) stands at (side − 1 − y, x) after a quarter turn.
      const target = to + 3 * (base + x * side + (side - 1 - y)), source = from + 3 * pixel;
      out[target] = out[source];
      out[target + 1] = out[source + 1];
      out[target + 2] = out[source + 2];
    }
  }
  return out;
}
