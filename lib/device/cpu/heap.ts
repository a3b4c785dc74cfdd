import { DeviceError } from "../device.ts";
import { MAX_PAGES } from "./emit_wasm.ts";

const PAGE = 65536;
/** Blocks start at multiples of this many bytes: a cache line. */
const ALIGNMENT = 64;
/** Memory grows by at least this much at a time. */
const GROWTH_PAGES = 256;

/** Hands out blocks of the shared WebAssembly memory. Free blocks are kept in order of address and joined with neighbours. */
export class Heap {
  private readonly free: { at: number; bytes: number }[] = [];
  private end: number;

  /** @param start First byte that may be handed out. */
  constructor(readonly memory: WebAssembly.Memory, start: number) {
    this.end = memory.buffer.byteLength;
    this.free.push({ at: start, bytes: this.end - start });
  }

  /** Bytes that nobody uses, within the memory as it is now. */
  get freeBytes(): number {
    return this.free.reduce((sum, block) => sum + block.bytes, 0);
  }

  /**
   * Address of a block of zeros.
   *
   * @throws DeviceError when memory is short.
   */
  allocate(bytes: number, label: string): number {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    let index = this.free.findIndex((block) => block.bytes >= size);
    if (index < 0) {
      this.grow(size, label);
      index = this.free.length - 1;
    }
    const block = this.free[index];
    const at = block.at;
    block.at += size;
    block.bytes -= size;
    if (block.bytes === 0) this.free.splice(index, 1);
    new Uint8Array(this.memory.buffer, at, size).fill(0);
    return at;
  }

  /** Takes a block back; `bytes` as it was asked for. */
  release(at: number, bytes: number): void {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    let index = this.free.findIndex((block) => block.at > at);
    if (index < 0) index = this.free.length;
    const [before, after] = [this.free[index - 1], this.free[index]];
    const joinsBefore = before && before.at + before.bytes === at;
    const joinsAfter = after && at + size === after.at;
    if (joinsBefore && joinsAfter) {
      before.bytes += size + after.bytes;
      this.free.splice(index, 1);
    } else if (joinsBefore) before.bytes += size;
    else if (joinsAfter) {
      after.at = at;
      after.bytes += size;
    } else this.free.splice(index, 0, { at, bytes: size });
  }

  private grow(size: number, label: string): void {
    const last = this.free[this.free.length - 1];
    const open = last && last.at + last.bytes === this.end ? last.bytes : 0;
    const needed = Math.ceil((size - open) / PAGE);
    const room = MAX_PAGES - this.end / PAGE;
    const pages = Math.min(Math.max(needed, GROWTH_PAGES), room);
    try {
      if (needed > room) throw new RangeError("4 GiB are all that a 32-bit memory holds");
      this.memory.grow(pages);
    } catch {
      throw new DeviceError(
        `out of memory: ${label} needs ${size} bytes in one piece, but ${
          this.end - this.freeBytes
        } of the CPU device's ` +
          `${MAX_PAGES * PAGE} are in use. Dispose buffers that are no longer needed, or use a smaller batch.`,
      );
    }
    if (open > 0) last.bytes += pages * PAGE;
    else this.free.push({ at: this.end, bytes: pages * PAGE });
    this.end += pages * PAGE;
  }
}
