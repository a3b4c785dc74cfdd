/** NumPy's `.npz` files: a zip archive with one `.npy` array per name. */

import { excerpt, FormatError } from "./format_error.ts";
import { type NpyArray, readNpy, writeNpy } from "./npy.ts";
import { readZip, writeZip } from "./zip.ts";

/** Limits for `readNpz`. */
export interface NpzLimits {
  /** Refuse files that unpack to more bytes than this; default 1 GiB. */
  maxBytes?: number;
}

/**
 * Reads all arrays of an `.npz` file, stored or compressed. Memory is bounded by `maxBytes` whatever the file declares.
 *
 * @param bytes the whole file
 * @param where the file's name, for messages
 * @throws FormatError that names the file, the entry and the byte (inside an entry: counted from the entry's start)
 *
 * @example
 * ```ts
 * import { readNpz, writeNpz } from "@tessera/worlds";
 * const bytes = writeNpz({ actions: { dtype: "|u1", shape: [3], data: Uint8Array.of(0, 2, 1) } });
 * const { actions } = readNpz(bytes, "games.npz");
 * console.log(actions.dtype, actions.shape); // |u1 [ 3 ]
 * ```
 */
export function readNpz(bytes: Uint8Array, where: string, limits: NpzLimits = {}): Record<string, NpyArray> {
  const arrays = new Map<string, NpyArray>();
  for (const { name, bytes: content } of readZip(bytes, where, limits.maxBytes ?? 2 ** 30)) {
    if (!name.endsWith(".npy")) {
      throw new FormatError({
        where,
        expected: "only arrays (entries named *.npy)",
        found: `entry ${excerpt(name)}`,
        advice: "Remove it from the archive, or save the arrays again with numpy.savez.",
      });
    }
    arrays.set(name.slice(0, -".npy".length), readNpy(content, `${where}, entry ${excerpt(name)}`));
  }
  return Object.fromEntries(arrays); // own properties even for names such as "__proto__"
}

/**
 * Writes arrays as an `.npz` file that `numpy.load` reads. Equal arrays give equal bytes.
 *
 * @param options compress: deflate the entries (default false, as `numpy.savez`)
 * @throws RangeError if an array's dtype, shape and data do not fit together, or the file would pass 4 GiB
 */
export function writeNpz(
  arrays: Record<string, NpyArray>,
  options: { compress?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(arrays).map(([name, array]) => ({ name: `${name}.npy`, bytes: writeNpy(array) }));
  return writeZip(entries, options.compress ?? false);
}
