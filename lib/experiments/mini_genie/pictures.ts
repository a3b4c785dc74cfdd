import type { Device } from "../../device/mod.ts";
import { gatherRows, type HostArray, reshape, type Tensor, tensor, unpackBytes } from "../../tensor/mod.ts";

/** Pictures as a stage takes them: by their numbers, or as bytes where the device cannot hold all of them. */
export interface PictureSource {
  /** What a program takes for pictures of these numbers. */
  batch(index: Int32Array): Int32Array | HostArray;
  /** The pictures [B, S, S, 3] in [0, 1], in a trace. */
  pictures(batch: Tensor): Tensor;
  /** Gives the memory back. */
  dispose(): void;
}

/** All frames, bytes [D, S, S, 3], on the device if it can bind them at once, else sent batch by batch. */
export function pictureSource(device: Device, frames: Uint8Array, side: number): PictureSource {
  const bytes = side * side * 3, words = bytes / 4, count = frames.length / bytes;
  const shaped = (x: Tensor) => reshape(unpackBytes(x, 1 / 255), [x.shape[0], side, side, 3]);
  if (frames.length > Math.min(device.limits.maxBindingBytes, device.limits.maxBufferBytes)) {
    return {
      batch(index) {
        const chosen = new Uint8Array(index.length * bytes);
        index.forEach((frame, i) => chosen.set(frames.subarray(frame * bytes, (frame + 1) * bytes), i * bytes));
        return { data: new Uint32Array(chosen.buffer), shape: [index.length, words] };
      },
      pictures: shaped,
      dispose: () => {},
    };
  }
  const aligned = frames.byteOffset % 4 === 0 ? frames : frames.slice();
  const table = tensor(
    device,
    new Uint32Array(aligned.buffer, aligned.byteOffset, count * words),
    [count, words],
    "frames",
  );
  return {
    batch: (index) => index,
    pictures: (index) => shaped(gatherRows(table, index)),
    dispose: () => table.dispose(),
  };
}
