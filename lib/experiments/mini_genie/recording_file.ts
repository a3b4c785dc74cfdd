import { FormatError, type NpyArray, readNpz, writeFileAtomic, writeNpz } from "../../data/mod.ts";
import { distinctFrames, type Recording } from "./recording.ts";

const ADVICE = "The file was damaged or is no recording of a Tessera run; start a new run.";

/** Stores a recording as one `.npz` file: what a run keeps of episodes that it cannot record again. */
export async function saveRecording(path: string, recording: Recording): Promise<void> {
  const { side, frames, shown, lengths, before, after, actions } = recording;
  const list = (data: Int32Array): NpyArray => ({ dtype: "<i4", shape: [data.length], data });
  await writeFileAtomic(
    path,
    writeNpz({
      frames: { dtype: "|u1", shape: [distinctFrames(recording), side, side, 3], data: frames },
      shown: list(shown),
      lengths: list(lengths),
      before: list(before),
      after: list(after),
      actions: list(actions),
    }),
  );
}

/** Reads what `saveRecording` stored. @throws FormatError when it is not of that form */
export async function loadRecording(path: string): Promise<Recording> {
  const arrays = readNpz(await Deno.readFile(path), path);
  const fail = (name: string, expected: string, found: string): never => {
    throw new FormatError({ where: `${path}, array ${name}`, expected, found, advice: ADVICE });
  };
  const list = (name: string): Int32Array => {
    const array = arrays[name];
    if (array?.dtype !== "<i4" || array.shape.length !== 1) {
      fail(name, "<i4 with one axis", array ? `${array.dtype} [${array.shape}]` : "no such array");
    }
    return array.data as Int32Array;
  };
  const { frames } = arrays, [count, side, width, channels] = frames?.shape ?? [];
  if (frames?.dtype !== "|u1" || frames.shape.length !== 4 || side !== width || channels !== 3) {
    fail("frames", "|u1 [D, S, S, 3]", frames ? `${frames.dtype} [${frames.shape}]` : "no such array");
  }
  const recording = {
    side,
    frames: frames.data as Uint8Array,
    shown: list("shown"),
    lengths: list("lengths"),
    before: list("before"),
    after: list("after"),
    actions: list("actions"),
  };
  for (const name of ["shown", "before", "after"] as const) {
    const bad = recording[name].find((frame) => frame < 0 || frame >= count);
    if (bad !== undefined) fail(name, `frames below ${count}`, String(bad));
  }
  const { before, after, actions } = recording;
  if (before.length !== after.length || before.length !== actions.length) {
    fail("after", `${before.length} steps in before, after and actions`, `${after.length} and ${actions.length}`);
  }
  return recording;
}
