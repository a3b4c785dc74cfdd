/** Colours of the TIA on an NTSC television, and the greys that the Arcade Learning Environment makes of them. Spec 2 §2.2. */

/** Red, green, blue in hexadecimal; a row is a hue (0 to 15), a column a luminance (0 to 7). */
const TABLE = `
  000000 4a4a4a 6f6f6f 8e8e8e aaaaaa c0c0c0 d6d6d6 ececec
  484800 69690f 86861d a2a22a bbbb35 d2d240 e8e84a fcfc54
  7c2c00 904811 a26221 b47a30 c3903d d2a44a dfb755 ecc860
  901c00 a33915 b55328 c66c3a d5824a e39759 f0aa67 fcbc74
  940000 a71a1a b83232 c84848 d65c5c e46f6f f08080 fc9090
  840064 97197a a8308f b846a2 c659b3 d46cc3 e07cd2 ec8ce0
  500084 68199a 7d30ad 9246c0 a459d0 b56ce0 c57cee d48cfc
  140090 331aa3 4e32b5 6848c6 7f5cd5 956fe3 a980f0 bc90fc
  000094 181aa7 2d32b8 4248c8 545cd6 656fe4 7580f0 8490fc
  001c88 183b9d 2d57b0 4272c2 548ad2 65a0e1 75b5ef 84c8fc
  003064 185080 2d6d98 4288b0 54a0c5 65b7d9 75cceb 84e0fc
  004030 18624e 2d8169 429e82 54b899 65d1ae 75e7c2 84fcd4
  004400 1a661a 328432 48a048 5cba5c 6fd26f 80e880 90fc90
  143c00 355f18 527e2d 6e9c42 87b754 9ed065 b4e775 c8fc84
  303800 505916 6d762b 88923e a0ab4f b7c25f ccd86e e0ec7c
  482c00 694d14 866a26 a28638 bb9f47 d2b656 e8cc63 fce070`;

/** [128, 3] bytes: red, green, blue of the colour byte 2 · i. */
export const NTSC_RGB: Uint8Array = Uint8Array.from(
  TABLE.trim().split(/\s+/).flatMap((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16))),
);

/** [128] bytes: grey of the colour byte 2 · i, round(0.2989 R + 0.5870 G + 0.1140 B). */
export const NTSC_GREY: Uint8Array = Uint8Array.from({ length: 128 }, (_, i) => {
  const [r, g, b] = NTSC_RGB.subarray(3 * i);
  return Math.round(0.2989 * r + 0.587 * g + 0.114 * b);
});

/** A picture of colour bytes in red, green, blue. @param out three times as long as the picture, or made here */
export function coloursToRgb(screen: Uint8Array, out: Uint8Array = new Uint8Array(3 * screen.length)): Uint8Array {
  for (let i = 0, to = 0; i < screen.length; i++) {
    const from = 3 * (screen[i] >> 1);
    out[to++] = NTSC_RGB[from];
    out[to++] = NTSC_RGB[from + 1];
    out[to++] = NTSC_RGB[from + 2];
  }
  return out;
}

/** A picture of colour bytes in grey. @param out as long as the picture, or made here */
export function coloursToGrey(screen: Uint8Array, out: Uint8Array = new Uint8Array(screen.length)): Uint8Array {
  for (let i = 0; i < screen.length; i++) out[i] = NTSC_GREY[screen[i] >> 1];
  return out;
}

let averages: Uint8Array | null = null;

/** [128, 128] colour bytes: what ALE shows for a pixel whose colour was one, now the other. */
function averageTable(): Uint8Array {
  if (averages !== null) return averages;
  averages = new Uint8Array(128 * 128);
  const mean = (a: number, b: number) => (Math.min(a, b) + Math.floor(Math.abs(a - b) * 77 / 100)) & 0xfc;
  for (let a = 0; a < 128; a++) {
    for (let b = a; b < 128; b++) {
      const wanted = [0, 1, 2].map((c) => mean(NTSC_RGB[3 * a + c], NTSC_RGB[3 * b + c]));
      averages[a * 128 + b] = averages[b * 128 + a] = nearestColour(wanted);
    }
  }
  return averages;
}

/** The colour byte with the smallest sum of absolute differences; the lowest one of several. */
function nearestColour([r, g, b]: readonly number[]): number {
  let best = 0, least = Infinity;
  for (let i = 0; i < 128; i++) {
    const distance = Math.abs(NTSC_RGB[3 * i] - r) + Math.abs(NTSC_RGB[3 * i + 1] - g) +
      Math.abs(NTSC_RGB[3 * i + 2] - b);
    if (distance < least) [best, least] = [2 * i, distance];
  }
  return best;
}

/**
 * ALE's `color_averaging`: a television that still glows with the frame before. Per channel, 77 percent of the way from the darker to the
 * brighter of the two, without its two lowest bits, then the nearest colour of the palette.
 */
export function averageColours(current: Uint8Array, previous: Uint8Array): Uint8Array {
  const table = averageTable();
  return current.map((byte, i) => table[(byte >> 1) * 128 + (previous[i] >> 1)]);
}
