import type { Device } from "../../device/mod.ts";
import type { VqWorldModel } from "../../models/vq_world_model/mod.ts";
import { compile, gatherFrames, type Tensor } from "../../tensor/mod.ts";
import type { DeviceData } from "./data.ts";

/** Frames encoded by one run of a program. */
const CHUNK = 256;

/** Codes of all recorded frames: i32 [frames · N], row by row. */
export async function encodeAll(device: Device, model: VqWorldModel, data: DeviceData): Promise<Int32Array> {
  const count = data.boards.shape[0], chunk = Math.min(CHUNK, count);
  const program = compile(
    device,
    (index: Tensor) => model.quantizer.indices(model.encoder.apply(gatherFrames(data.boards, index, data.patches))),
  );
  let codes: Int32Array | null = null;
  for (let start = 0; start < count; start += chunk) {
    // The last chunk overlaps the one before, so that all have one shape.
    const first = Math.min(start, count - chunk);
    const part = await program.run(Int32Array.from({ length: chunk }, (_, i) => first + i)).data() as Int32Array;
    const tokens = part.length / chunk;
    codes ??= new Int32Array(count * tokens);
    codes.set(part, first * tokens);
  }
  program.dispose();
  return codes!;
}
