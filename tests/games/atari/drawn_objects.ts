/** Whether the pictures of Rampart, Volley and Swarm show their objects where their memory says (roms/README.md). */
import assert from "node:assert/strict";

const WIDTH = 160;
const NONE = 180;

/** A box of one colour, and another colour left and right of it. */
function box(screen: Uint8Array, what: string, [x, y, wide, high]: readonly number[], colour: number): void {
  for (let row = y; row < y + high; row++) {
    const found = [...screen.subarray(row * WIDTH + x - 1, row * WIDTH + x + wide + 1)];
    const inside = found.slice(1, -1);
    assert.ok(
      inside.every((byte) => byte === colour) && found[0] !== colour && found.at(-1) !== colour,
      `${what}: expected colour ${colour} at ${x}–${x + wide - 1} in row ${row} but found ${found.join(" ")}`,
    );
  }
}

type Check = (screen: Uint8Array, ram: Uint8Array) => void;

/** By game. Objects are looked at where nothing of their colour can be beside them. */
export const drawnWhereSaid: Readonly<Record<string, Check>> = {
  Rampart(screen, ram) {
    box(screen, "bat", [ram[5], 183, 16, 4], 0x1c);
    if (ram[7] >= 76 && ram[7] < 156) box(screen, "ball", [ram[6], ram[7] + 23, 2, 4], 0x0e);
    for (let row = 0; row < 6; row++) {
      const bytes = ram.subarray(16 + 6 * row, 22 + 6 * row), line = (23 + 28 + 8 * row + 4) * WIDTH;
      const lit = [0, 1, 2, 3, 4, 5].flatMap((i) => bitsInOrder(bytes[i], i % 3));
      for (let cell = 0; cell < 40; cell++) {
        const ball = ram[7] <= 28 + 8 * row + 4 && ram[7] + 4 > 28 + 8 * row + 4 && Math.abs(ram[6] - 4 * cell) < 8;
        if (cell < 2 || cell > 37 || ball) continue;
        assert.equal(screen[line + 4 * cell + 1] !== 0, lit[cell] === 1, `row ${row}, cell ${cell}`);
      }
    }
  },
  Volley(screen, ram) {
    box(screen, "computer's bat", [16, ram[13] + 23, 4, 16], 0x46);
    if (Math.abs(ram[6] - 141) > 5) box(screen, "player's bat", [140, ram[5] + 23, 4, 16], 0xc8);
    if (ram[7] !== NONE && ram[7] > 9 && ram[7] < 159) box(screen, "ball", [ram[6], ram[7] + 23, 2, 4], 0x0e);
  },
  Swarm(screen, ram) {
    const over = (x: number, y: number) => screen[y * WIDTH + x];
    if (ram[13] === 0) {
      const bombed = [0, 1].some((i) => ram[16 + i] > 145 && ram[16 + i] !== NONE);
      if (!bombed) box(screen, "cannon's foot", [ram[5], 182, 2, 1], 0xca);
    }
    if (ram[7] !== NONE && ram[7] < 124) box(screen, "shot", [ram[6], ram[7] + 20, 2, 4], 0x0e);
    const ranks = Math.max(...[0, 1, 2, 3, 4].map((r) => (ram[18 + r] | ram[23 + r]) === 0 ? 0 : r + 1));
    for (const i of [0, 1]) {
      const y = ram[16 + i];
      const crossed = Math.abs(ram[7] - y) < 4 && Math.abs(ram[6] - ram[14 + i]) < 3; // the shot is drawn in front
      if (y !== NONE && !crossed && y >= ram[9] + 14 * ranks && y < 120) {
        box(screen, "bomb", [ram[14 + i], y + 20, 2, 4], 0x1e);
      }
    }
    const colours = [0x46, 0x36, 0x2a, 0xc8, 0x9a];
    for (let rank = 0; rank < ranks; rank++) {
      for (let file = 0; file < 6; file++) {
        const x = (ram[8] << 24 >> 24) + 16 * file, y = ram[9] + 20 + 14 * rank + 5;
        if (x < 0 || x > WIDTH - 8) continue;
        let lit = 0;
        for (let row = 0; row < 8; row++) {
          for (let c = 0; c < 8; c++) lit += Number(over(x + c, y + row) === colours[rank]);
        }
        const alive = ((ram[(file & 1 ? 23 : 18) + rank] >> (file >> 1)) & 1) === 1;
        const left = [...Array(8).keys()].some((row) => over(x, y + row) === colours[rank]);
        const right = [...Array(8).keys()].some((row) => over(x + 7, y + row) === colours[rank]);
        assert.deepEqual([lit > 20, left, right], [alive, alive, alive], `rank ${rank}, file ${file}, ${lit} pixels`);
      }
    }
  },
};

/** A playfield register's bits from left to right: PF0 has four, from its middle; PF1 is the other way round than PF2. */
function bitsInOrder(byte: number, register: number): number[] {
  const bits = Array.from({ length: 8 }, (_, i) => (byte >> i) & 1);
  return register === 0 ? bits.slice(4) : register === 1 ? bits.reverse() : bits;
}
