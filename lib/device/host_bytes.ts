import { DeviceError } from "./device.ts";

/** The bytes of a typed array or DataView. @throws DeviceError for anything else, which in JavaScript may come. */
export function hostBytes(data: ArrayBufferView, what: string): Uint8Array {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const given: unknown = data;
  const found = Array.isArray(given) ? "an array" : given instanceof Object ? given.constructor.name : String(given);
  throw new DeviceError(
    `${what}: expected a typed array or a DataView but found ${found}. ` +
      "Wrap it: new Float32Array(list), new Uint8Array(arrayBuffer).",
  );
}
