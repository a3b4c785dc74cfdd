/** Checks what a caller hands to the CPU device, and says what was expected, what was found, and what to do. */
import { type Binding, DeviceError, type DeviceLimits, type Dispatch } from "../device.ts";
import type { Compiled } from "./compile.ts";

/** Most workgroups of one dispatch: threads count them in 32 bits. */
const MAX_WORKGROUPS = 2 ** 30;

/** What a buffer of the CPU device shows to these checks. */
export interface Memory {
  readonly bytes: number;
  readonly label: string;
  readonly disposed: boolean;
}

/** @throws DeviceError unless the grid is three whole numbers within the limits */
export function checkGrid(kernel: string, grid: Dispatch["grid"], limits: DeviceLimits): void {
  const good = Array.isArray(grid) && grid.length === 3 &&
    grid.every((count) => Number.isInteger(count) && count >= 0 && count <= limits.maxGrid);
  if (!good) {
    throw new DeviceError(
      `kernel ${kernel}: expected a grid [x, y, z] of whole numbers from 0 to ${limits.maxGrid}, counting workgroups, ` +
        `but found ${Array.isArray(grid) ? `[${grid.join(", ")}]` : String(grid)}. ` +
        "Divide the size of the work by @workgroup_size and round up; what is longer goes over two axes.",
    );
  }
  const total = grid[0] * grid[1] * grid[2];
  if (total > MAX_WORKGROUPS) {
    throw new DeviceError(
      `kernel ${kernel}: expected at most ${MAX_WORKGROUPS} workgroups in all but found ${
        grid.join(" × ")
      } = ${total}. ` +
        "Use several dispatches, or let each invocation do more.",
    );
  }
}

/**
 * Checks the bindings of a dispatch against what the kernel declares.
 *
 * @param own Gives the buffer back if it belongs to this device, and throws if not.
 * @throws DeviceError
 */
export function checkBindings(
  { kernel, bindings }: Dispatch,
  compiled: Compiled,
  limits: DeviceLimits,
  own: (binding: Binding["buffer"], what: string) => Memory,
): void {
  const most = compiled.declared.reduce((count, binding) => Math.max(count, binding + 1), 0);
  if (!Array.isArray(bindings) || bindings.length > most) {
    const found = Array.isArray(bindings) ? bindings.length : typeof bindings;
    throw new DeviceError(
      `kernel ${kernel.name}: expected a list of at most ${most} bindings [{ buffer }, …] but found ${found}. ` +
        "bindings[i] is @binding(i).",
    );
  }
  for (const { binding, name, minBytes } of compiled.bindings) {
    const given: Binding | undefined = bindings[binding];
    const what = `kernel ${kernel.name}, ${name} at @binding(${binding})`;
    if (!given?.buffer) {
      const found = given === undefined ? `nothing in a list of ${bindings.length}` : "something else";
      throw new DeviceError(
        `${what}: expected { buffer } but found ${found}. Give every variable that the kernel uses a buffer.`,
      );
    }
    checkWindow(own(given.buffer, what), given, minBytes, what, limits);
  }
  checkOverlap(kernel.name, bindings, compiled);
}

function checkWindow(buffer: Memory, given: Binding, minBytes: number, what: string, limits: DeviceLimits): void {
  const { offset = 0, bytes = buffer.bytes - offset } = given;
  if (!Number.isInteger(offset) || offset < 0 || offset % limits.bindingAlignment !== 0) {
    throw new DeviceError(
      `${what}: expected an offset that is a multiple of ${limits.bindingAlignment} but found ${shown(offset)}. ` +
        "Place what is bound alone at such an offset, or in a buffer of its own.",
    );
  }
  if (!Number.isInteger(bytes) || bytes % 4 !== 0 || bytes < minBytes || offset + bytes > buffer.bytes) {
    throw new DeviceError(
      `${what}: expected at least ${minBytes} bytes, a multiple of 4, within ${buffer.label} (${buffer.bytes} bytes) ` +
        `but found ${shown(bytes)} at ${offset}. Make the buffer larger or the window smaller.`,
    );
  }
}

/** WebGPU allows no window that is written to lie over another one, so no kernel may count on it. */
function checkOverlap(kernel: string, bindings: readonly Binding[], { bindings: declared }: Compiled): void {
  for (const writer of declared) {
    if (!writer.write) continue;
    const mine = bindings[writer.binding];
    for (const other of declared) {
      const theirs = bindings[other.binding];
      if (other === writer || theirs.buffer !== mine.buffer) continue;
      const [a, b] = [mine.offset ?? 0, theirs.offset ?? 0];
      if (a + (mine.bytes ?? mine.buffer.bytes - a) <= b || b + (theirs.bytes ?? mine.buffer.bytes - b) <= a) continue;
      throw new DeviceError(
        `kernel ${kernel}: expected windows that do not overlap but found ${writer.name} at @binding(${writer.binding}), ` +
          `which is written, and ${other.name} at @binding(${other.binding}) over the same bytes of ${mine.buffer.label}. ` +
          "Write to another buffer, or use one var<storage, read_write> for both.",
      );
    }
  }
}

/** @throws DeviceError unless this is a number of bytes that a buffer may have */
export function checkSize(bytes: number, label: string, limits: DeviceLimits): void {
  if (Number.isInteger(bytes) && bytes >= 0 && bytes % 4 === 0 && bytes <= limits.maxBufferBytes) return;
  throw new DeviceError(
    `buffer ${label}: expected a number of bytes that is a multiple of 4, at most ${limits.maxBufferBytes}, ` +
      `but found ${shown(bytes)}. ${bytes > limits.maxBufferBytes ? "Use several buffers." : "Round it up."}`,
  );
}

/** @throws DeviceError unless the range lies in the buffer, on multiples of 4 bytes */
export function checkRange(buffer: Memory, offset: number, bytes: number, what: string): void {
  const whole = (x: number) => Number.isInteger(x) && x >= 0 && x % 4 === 0;
  if (whole(offset) && whole(bytes) && offset + bytes <= buffer.bytes) return;
  throw new DeviceError(
    `${what}: expected offset and bytes in multiples of 4 within ${buffer.bytes} bytes ` +
      `but found ${shown(bytes)} bytes at offset ${shown(offset)}. ` +
      (whole(offset) && whole(bytes) ? "Make the buffer larger, or the data shorter." : "Pad the data to whole words."),
  );
}

const shown = (x: unknown): string => typeof x === "string" ? JSON.stringify(x) : String(x);
