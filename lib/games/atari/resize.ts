/** Pictures made smaller, to the last bit as OpenCV does. Spec 2 §2.2, spec 4 §2.2. */

/** How much of which source cells a destination cell covers. */
interface Cover {
  /** The first source cell. */
  readonly first: number;
  /** Float32 numbers, ascending. */
  readonly weights: Float32Array;
}

/** What lies less than this far inside a cell is left out. */
const EDGE = 1e-3;

/** The weights of `INTER_AREA`: each source cell by how much of it the destination cell covers. Exported for tests. */
export function areaWeights(from: number, to: number): Cover[] {
  const scale = from / to;
  return Array.from({ length: to }, (_, d) => {
    const start = d * scale, end = start + scale, width = Math.min(scale, from - start);
    const last = Math.min(Math.floor(end), from - 1), whole = Math.min(Math.ceil(start), last), weights: number[] = [];
    const left = whole - start > EDGE;
    if (left) weights.push((whole - start) / width);
    for (let cell = whole; cell < last; cell++) weights.push(1 / width);
    if (end - last > EDGE) weights.push(Math.min(end - last, 1, width) / width);
    return { first: left ? whole - 1 : whole, weights: Float32Array.from(weights) };
  });
}

/**
 * Makes pictures smaller as OpenCV's `INTER_AREA` does: first along rows, then along columns, in 32-bit floating point, rounded half to even. (When both sizes
 * divide evenly OpenCV takes another way, whose bytes can differ by one.)
 */
export class AreaResize {
  readonly #rows: readonly Cover[];
  readonly #columns: readonly Cover[];
  readonly #narrow: Float32Array;

  /** Weights are computed here, once. @throws RangeError unless the pictures become smaller, or stay as they are */
  constructor(
    /** Size of the given pictures. */
    readonly from: readonly [height: number, width: number],
    /** Size of the pictures that are made. */
    readonly to: readonly [height: number, width: number],
    /** 1 for grey, 3 for colour. */
    readonly channels: number = 1,
  ) {
    if (to.some((size, axis) => !(Number.isInteger(size) && size >= 1 && size <= from[axis]))) {
      throw new RangeError(
        `AreaResize: expected a size from [1, 1] to [${from.join(", ")}] but found [${to.join(", ")}]`,
      );
    }
    this.#rows = areaWeights(from[0], to[0]);
    this.#columns = areaWeights(from[1], to[1]);
    this.#narrow = new Float32Array(from[0] * to[1] * channels);
  }

  /**
   * Makes one picture smaller.
   *
   * @param picture [height, width, channels] bytes of the size `from`
   * @returns bytes of the size `to`
   */
  apply(picture: Uint8Array): Uint8Array {
    const { channels, from: [height, width], to: [outHeight, outWidth] } = this, narrow = this.#narrow;
    if (picture.length !== height * width * channels) {
      throw new RangeError(`AreaResize: expected ${height * width * channels} bytes but found ${picture.length}`);
    }
    const row = outWidth * channels, fround = Math.fround;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < outWidth; x++) {
        const { first, weights } = this.#columns[x];
        for (let c = 0; c < channels; c++) {
          let sum = 0, at = (y * width + first) * channels + c;
          for (let i = 0; i < weights.length; i++, at += channels) sum = fround(sum + fround(picture[at] * weights[i]));
          narrow[y * row + x * channels + c] = sum;
        }
      }
    }
    const out = new Uint8Array(outHeight * row);
    for (let y = 0; y < outHeight; y++) {
      const { first, weights } = this.#rows[y];
      for (let x = 0; x < row; x++) {
        let sum = 0, at = first * row + x;
        for (let i = 0; i < weights.length; i++, at += row) sum = fround(sum + fround(narrow[at] * weights[i]));
        out[y * row + x] = roundHalfToEven(sum);
      }
    }
    return out;
  }
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value), rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** Size of the pictures of experiment 4. */
export const SMALL_HEIGHT = 84, SMALL_WIDTH = 64;

/**
 * 210 × 160 to 84 × 64, bilinear without smoothing: of five rows (and columns) the first two and the last two are mixed one to three, the one in the
 * middle is never looked at. Bytes are those of OpenCV's `INTER_LINEAR`, whose arithmetic has 11 bits of fraction.
 *
 * @param picture [210, 160, channels] bytes
 * @returns [84, 64, channels] bytes
 */
export function resizeTo84x64(picture: Uint8Array, channels = 3): Uint8Array {
  const width = 160, from = width * channels, expected = 210 * from;
  if (picture.length !== expected) {
    throw new RangeError(`resizeTo84x64: expected ${expected} bytes but found ${picture.length}`);
  }
  const out = new Uint8Array(SMALL_HEIGHT * SMALL_WIDTH * channels);
  for (let y = 0, at = 0; y < SMALL_HEIGHT; y++) {
    const near = (5 * (y >> 1) + (y % 2 === 0 ? 1 : 3)) * from, far = (5 * (y >> 1) + (y % 2 === 0 ? 0 : 4)) * from;
    for (let x = 0; x < SMALL_WIDTH; x++) {
      const a = (5 * (x >> 1) + (x % 2 === 0 ? 1 : 3)) * channels,
        b = (5 * (x >> 1) + (x % 2 === 0 ? 0 : 4)) * channels;
      for (let c = 0; c < channels; c++) {
        // Rows in quarters; both terms are cut to whole numbers before they are added.
        const rowNear = 3 * picture[near + a + c] + picture[near + b + c];
        const rowFar = 3 * picture[far + a + c] + picture[far + b + c];
        out[at++] = ((3 * rowNear >> 2) + (rowFar >> 2) + 2) >> 2;
      }
    }
  }
  return out;
}
