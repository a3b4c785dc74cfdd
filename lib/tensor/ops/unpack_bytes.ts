import { rowMajorStrides } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { literal, map } from "./elementwise.ts";
import { reshape } from "./view.ts";

/**
 * Bytes, four to a word with the lowest first, as numbers times `scale`: 1/255 makes grey values in [0, 1]. No gradient.
 * Pictures stay bytes in memory, are gathered as words (`gatherRows`) and are unpacked where they are used.
 *
 * @param words u32 [..., n]
 * @returns f32 [..., 4·n]
 */
export function unpackBytes(words: Tensor, scale = 1): Tensor {
  if (words.dtype !== "u32" || words.rank === 0) {
    throw new TypeError(`unpackBytes: expected u32 words [..., n], but found ${words.dtype} [${words.shape}]`);
  }
  const bytes = (width: 1 | 4) =>
    width === 4 ? "(($0 >> U(0u, 8u, 16u, 24u)) & U(255u))" : "(($0 >> (8u * (i % 4u))) & 255u)";
  const shape = words.shape.slice(0, -1), last = words.shape.at(-1)!;
  const out = map(
    "unpackBytes",
    (width) => `F(${bytes(width)}) * F(${literal(scale)})`,
    [words],
    [...shape, last, 4],
    "f32",
    null,
    [{ strides: [...rowMajorStrides(words.shape), 0], offset: 0 }],
  );
  return reshape(out, [...shape, 4 * last]);
}
