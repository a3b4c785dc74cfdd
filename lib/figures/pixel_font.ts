/**
 * Small labels in pixel pictures (film strips, GIF frames), where no font renderer runs: capitals, digits and some signs, drawn for this
 * project on 5 × 7 pixels. Small letters come out as capitals, unknown characters as a box.
 */
import { blankPicture, type Picture } from "./picture.ts";
import { parseColour } from "./colour_map.ts";

const HEIGHT = 7, WIDTH = 5;

/** Blocks of seven lines; each line holds the same row of every glyph of the block, `#` ink. */
const BLOCKS: readonly { readonly glyphs: string; readonly rows: readonly string[] }[] = [
  {
    glyphs: "0123456789",
    rows: [
      " ###    #    ###   ###     #  #####  ###  #####  ###   ### ",
      "#   #  ##   #   # #   #   ##  #     #         # #   # #   #",
      "#  ##   #       #     #  # #  ####  #        #  #   # #   #",
      "# # #   #      #    ##  #  #      # ####    #    ###   ####",
      "##  #   #     #       # #####     # #   #   #   #   #     #",
      "#   #   #    #    #   #    #  #   # #   #   #   #   #     #",
      " ###   ###  #####  ###     #   ###   ###    #    ###   ### ",
    ],
  },
  {
    glyphs: "ABCDEFGHIJKLM",
    rows: [
      " ###  ####   ###  ####  ##### #####  ###  #   #  ###      # #   # #     #   #",
      "#   # #   # #   # #   # #     #     #     #   #   #       # #  #  #     ## ##",
      "#   # #   # #     #   # #     #     #     #   #   #       # # #   #     # # #",
      "##### ####  #     #   # ####  ####  #  ## #####   #       # ##    #     # # #",
      "#   # #   # #     #   # #     #     #   # #   #   #   #   # # #   #     #   #",
      "#   # #   # #   # #   # #     #     #   # #   #   #   #   # #  #  #     #   #",
      "#   # ####   ###  ####  ##### #      ###  #   #  ###   ###  #   # ##### #   #",
    ],
  },
  {
    glyphs: "NOPQRSTUVWXYZ",
    rows: [
      "#   #  ###  ####   ###  ####   ###  ##### #   # #   # #   # #   # #   # #####",
      "##  # #   # #   # #   # #   # #       #   #   # #   # #   # #   # #   #     #",
      "# # # #   # #   # #   # #   # #       #   #   # #   # #   #  # #   # #     # ",
      "#  ## #   # ####  #   # ####   ###    #   #   # #   # # # #   #     #     #  ",
      "#   # #   # #     # # # # #       #   #   #   #  # #  # # #  # #    #    #   ",
      "#   # #   # #     #  #  #  #      #   #   #   #  # #  ## ## #   #   #   #    ",
      "#   #  ###  #      ## # #   # ####    #    ###    #   #   # #   #   #   #####",
    ],
  },
  {
    glyphs: " .,:;-+=/%()<>!?'#",
    rows: [
      "                                                    # ##  #    #   #       #   #      #    ###    #    # # ",
      "                   ##    ##           #             # ##  #   #     #     #     #     #   #   #   #    # # ",
      "                   ##    ##           #   #####    #     #   #       #   #       #    #       #  #    #####",
      "                              ##### #####         #     #    #       #  #         #   #      #         # # ",
      "             ##    ##    ##           #   #####  #     #     #       #   #       #    #     #         #####",
      "       ##     #    ##     #           #         #     #  ##   #     #     #     #                      # # ",
      "       ##    #           #                      #     #  ##    #   #       #   #      #     #          # # ",
    ],
  },
];

const GLYPHS: ReadonlyMap<string, readonly string[]> = new Map(
  BLOCKS.flatMap(({ glyphs, rows }) =>
    [...glyphs].map((glyph, i) =>
      [glyph, rows.map((row) => row.slice(i * (WIDTH + 1), i * (WIDTH + 1) + WIDTH))] as const
    )
  ),
);
const UNKNOWN: readonly string[] = ["#####", "#   #", "#   #", "#   #", "#   #", "#   #", "#####"];

/** The characters that have a glyph (small letters count as capitals). */
export const DRAWABLE: string = [...GLYPHS.keys()].join("");

/** Text of one line as a picture, 7 pixels high and 6 per character wide, times `scale`. */
export function textPicture(
  text: string,
  options: { scale?: number; colour?: string; background?: string } = {},
): Picture {
  const { scale = 1, colour = "#2b2b2b", background = "#ffffff" } = options;
  const characters = [...text.toUpperCase()];
  const picture = blankPicture(Math.max(1, characters.length * (WIDTH + 1) - 1) * scale, HEIGHT * scale, background);
  const ink = [...parseColour(colour), 255];
  for (const [i, character] of characters.entries()) {
    const rows = GLYPHS.get(character) ?? UNKNOWN;
    for (let y = 0; y < HEIGHT * scale; y++) {
      for (let x = 0; x < WIDTH * scale; x++) {
        if (rows[Math.floor(y / scale)][Math.floor(x / scale)] !== "#") continue;
        picture.rgba.set(ink, 4 * (y * picture.width + i * (WIDTH + 1) * scale + x));
      }
    }
  }
  return picture;
}
