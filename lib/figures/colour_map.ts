/** Numbers → colours, the same for charts (as a scale range) and for pixel pictures. */

/** A ramp through a few colours, linear in sRGB between them. */
export interface ColourMap {
  /** Short name, for messages. */
  readonly name: string;
  /** `#rrggbb`, for equally spaced values from the low to the high end. */
  readonly stops: readonly string[];
  /** Whether the middle of the scale has a meaning of its own. */
  readonly kind: "sequential" | "diverging";
}

/** Red–yellow–blue reversed (ColorBrewer): blue low = rule, yellow middle, red high = chance. */
export const RULE_TO_CHANCE: ColourMap = {
  name: "rule-to-chance",
  kind: "diverging",
  stops: [
    "#313695",
    "#4575b4",
    "#74add1",
    "#abd9e9",
    "#e0f3f8",
    "#ffffbf",
    "#fee090",
    "#fdae61",
    "#f46d43",
    "#d73027",
    "#a50026",
  ],
};

/** White to steel blue: shares and counts on white paper. */
export const WHITE_TO_BLUE: ColourMap = {
  name: "white-to-blue",
  kind: "sequential",
  stops: ["#ffffff", "#d6e4f0", "#a3c3de", "#6d9fc7", "#4682b4", "#2a5d8c", "#16365c"],
};

/** Perceptually even, dark to bright (matplotlib's viridis at nine points). */
export const VIRIDIS: ColourMap = {
  name: "viridis",
  kind: "sequential",
  stops: ["#440154", "#472c7a", "#3b518b", "#2c718e", "#21908d", "#27ad81", "#5cc863", "#aadc32", "#fde725"],
};

/** Black to white. */
export const GREY: ColourMap = { name: "grey", kind: "sequential", stops: ["#000000", "#ffffff"] };

/** `#rrggbb` → bytes. */
export function parseColour(colour: string): [number, number, number] {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) throw new Error(`colour: expected '#rrggbb' but found '${colour}'`);
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as [number, number, number];
}

/** The colour at `t` in [0, 1]; values outside take the colour of the nearer end. */
export function colourAt(map: ColourMap, t: number): [number, number, number] {
  const place = Math.min(1, Math.max(0, t)) * (map.stops.length - 1);
  const below = Math.min(map.stops.length - 2, Math.floor(place));
  const low = parseColour(map.stops[below]), high = parseColour(map.stops[below + 1]);
  return low.map((v, i) => Math.round(v + (high[i] - v) * (place - below))) as [number, number, number];
}

/** White or dark, whichever reads better on the colour at `t` (by relative luminance). */
export function inkOn(map: ColourMap, t: number): string {
  const [r, g, b] = colourAt(map, t).map((v) => (v / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.3 ? "#2b2b2b" : "#ffffff";
}
