import type { TensorData } from "../data/mod.ts";
import { FormatError } from "../data/mod.ts";
import { formatShape, type HostData, sameShape, type Tensor } from "../tensor/mod.ts";

const DTYPES = { f32: "F32", i32: "I32", u32: "U32", u8: "U8" } as const;

/** Copies named tensors to the host in the form that checkpoints store. */
export async function tensorsToData(
  tensors: readonly (readonly [string, Tensor])[],
): Promise<Record<string, TensorData>> {
  const out: Record<string, TensorData> = {};
  for (const [name, tensor] of tensors) {
    const data = await tensor.data();
    out[name] = {
      dtype: DTYPES[tensor.dtype],
      shape: [...tensor.shape],
      bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    };
  }
  return out;
}

/**
 * Writes stored values into tensors of the same names.
 * @throws FormatError when one is missing or has another shape or type; then nothing is written
 */
export function dataToTensors(
  data: Readonly<Record<string, TensorData>>,
  tensors: readonly (readonly [string, Tensor])[],
  where: string,
): void {
  for (const [name, tensor] of tensors) {
    const found = data[name], expected = `${DTYPES[tensor.dtype]} ${formatShape(tensor.shape)}`;
    if (!found || found.dtype !== DTYPES[tensor.dtype] || !sameShape(found.shape, tensor.shape)) {
      throw new FormatError({
        where: `${where}, tensor ${name}`,
        expected,
        found: found ? `${found.dtype} ${formatShape(found.shape)}` : "no such tensor",
        advice: "The checkpoint belongs to another model or other settings; use the run's own config.json.",
      });
    }
  }
  for (const [name, tensor] of tensors) tensor.write(asHostData(data[name]));
}

function asHostData({ dtype, bytes }: TensorData): HostData {
  const copy = bytes.slice();
  switch (dtype) {
    case "F32":
      return new Float32Array(copy.buffer);
    case "I32":
      return new Int32Array(copy.buffer);
    case "U32":
      return new Uint32Array(copy.buffer);
    default:
      return copy;
  }
}
