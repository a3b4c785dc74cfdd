import {
  afterstate2048,
  BLACK,
  boardFromTiles,
  countStones,
  gridGame,
  labelChance2048,
  legalOthello,
  opponent,
  type Player,
  playOthello,
  renderCells,
  startOthello,
  WHITE,
} from "../../../games/mod.ts";
import { type GoldenChecks, l2 } from "../../golden_checks.ts";
import type { GoldenGames } from "./format.ts";

/** Slides, true entropies, both renderers and a whole game of Othello (spec 1 §12, games). */
export function checkGames(golden: GoldenGames, checks: GoldenChecks): void {
  golden.slides.forEach(({ board, after, oracle_bits }, i) => {
    const start = boardFromTiles(board.flat());
    for (let action = 0; action < 4; action++) {
      checks.allEqual(
        `slide ${i}, action ${action}`,
        afterstate2048(start, action),
        boardFromTiles(after[action].flat()),
      );
      const chance = new Uint8Array(16), bits = new Float64Array(16);
      labelChance2048(start, action, chance, bits);
      checks.allClose(`true entropy ${i}, action ${action}`, bits, oracle_bits[action].flat(), 1e-12);
    }
  });
  const { img, images, img_small, images_small } = golden.render2048;
  images.forEach((picture, i) =>
    checkPicture(`2048 picture ${i}`, "2048", img, boardFromTiles(golden.slides[i].board.flat()), picture, checks)
  );
  images_small.forEach((picture, i) =>
    checkPicture(
      `2048 small picture ${i}`,
      "2048",
      img_small,
      boardFromTiles(golden.slides[i].board.flat()),
      picture,
      checks,
    )
  );
  checkOthello(golden.othello, checks);
}

type Picture = GoldenGames["render2048"]["images"][number];

function checkPicture(
  what: string,
  game: "2048" | "othello",
  side: number,
  board: Uint8Array,
  picture: Picture,
  checks: GoldenChecks,
): void {
  const pixels = renderCells(gridGame(game).cellPatches(side), board, 1, new Float32Array(side * side));
  checks.close(`${what} mean`, pixels.reduce((a, b) => a + b, 0) / pixels.length, picture.mean, 1e-6);
  checks.close(`${what} l2`, l2(pixels), picture.l2, 1e-6);
  const rows = picture.row_sums.map((_, y) => pixels.subarray(y * side, (y + 1) * side).reduce((a, b) => a + b, 0));
  checks.allClose(`${what} row sums`, rows, picture.row_sums, 1e-6);
  checks.allClose(`${what} pixels`, picture.idx.map((i) => pixels[i]), picture.val, 1e-6);
}

function checkOthello(golden: GoldenGames["othello"], checks: GoldenChecks): void {
  const board = startOthello();
  let player: Player = BLACK;
  for (const ply of golden.plies) {
    const passed = legalOthello(board, player).length === 0;
    if (passed) player = opponent(player);
    const legal = legalOthello(board, player), name = `othello ply ${ply.t}`;
    checks.equal(`${name} passed`, Number(passed), Number(ply.passed));
    checks.equal(`${name} player`, player === BLACK ? 1 : -1, ply.player);
    checks.allEqual(`${name} legal moves`, legal, ply.legal);
    checks.equal(`${name} move`, legal[(15 * ply.t + 6) % legal.length], ply.action);
    checks.equal(`${name} flips`, playOthello(board, ply.action, player), ply.n_flips);
    player = opponent(player);
    const shown = golden.after_ply_images[String(ply.t)];
    if (!shown) continue;
    checks.allEqual(`${name} board`, board, bytes(shown.board));
    for (const [key, picture] of Object.entries(shown)) {
      const side = /^img(\d+)$/.exec(key)?.[1];
      if (side) checkPicture(`${name} ${key}`, "othello", Number(side), board, picture as Picture, checks);
    }
  }
  const over = [BLACK, WHITE].every((side) => legalOthello(board, side as Player).length === 0);
  checks.equal("othello is over", Number(over), 1);
  checks.allEqual("othello final board", board, bytes(golden.final_board));
  checks.equal("othello black stones", countStones(board, BLACK), golden.black);
  checks.equal("othello white stones", countStones(board, WHITE), golden.white);
}

/** +1 black, −1 white, 0 empty → bytes. */
function bytes(board: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from(board.flat(), (stone) => stone === 1 ? BLACK : stone === -1 ? WHITE : 0);
}
