import { HEADING_NAMES } from "./code_names.ts";
import type { JudgedModel } from "./control.ts";
import type { KnownWorld } from "./known_world.ts";
import { recognise } from "./nearest_frames.ts";

/** A true frame as the VQ-VAE sees it. */
export interface SeenFrame {
  /** "1, 1 right": where the agent is; null where that is not known. */
  readonly name: string | null;
  /** Bytes [S, S, 3] of the frame. */
  readonly frame: Uint8Array;
  /** Its codes, [N] */
  readonly tokens: Int32Array;
  /** Bytes [S, S, 3] that the decoder paints from them. */
  readonly picture: Uint8Array;
  /** PSNR against the nearest true frame, dB. */
  readonly psnr: number;
  /** Whether that is the frame itself. */
  readonly right: boolean;
}

/** Encodes and decodes some true frames, evenly spread. @param most how many at most; default 8 */
export async function seeFrames(
  model: Pick<JudgedModel, "encode" | "decodeExactly" | "tokens">,
  world: KnownWorld,
  most: number = 8,
): Promise<SeenFrame[]> {
  const size = world.side ** 2 * 3, n = Math.min(most, world.count);
  const chosen = Array.from({ length: n }, (_, i) => Math.floor(i * world.count / n));
  const bytes = new Uint8Array(n * size);
  chosen.forEach((frame, i) => bytes.set(world.frames.subarray(frame * size, (frame + 1) * size), i * size));
  const tokens = await model.encode(bytes), decoded = await model.decodeExactly(tokens);
  return recognise(decoded, world).map(({ nearest, psnr }, i) => ({
    name: world.states && stateName(world.states[chosen[i]]),
    frame: bytes.subarray(i * size, (i + 1) * size),
    tokens: tokens.subarray(i * model.tokens, (i + 1) * model.tokens),
    picture: Uint8Array.from(decoded.subarray(i * size, (i + 1) * size), (value) => Math.floor(255 * value)),
    psnr,
    right: nearest === chosen[i],
  }));
}

function stateName({ x, y, heading }: { readonly x: number; readonly y: number; readonly heading: number }): string {
  return `${x}, ${y} ${HEADING_NAMES[heading]}`;
}
