/**
 * Zip archives in memory, as far as `.npz` needs them: stored and deflated entries, no zip64, no encryption.
 * Source: APPNOTE.TXT 6.3.10 (PKWARE). Nothing that an archive declares is believed before it is checked.
 */

import { crc32 } from "node:zlib";
import { deflateSync, Inflate } from "fflate";
import { excerpt, FormatError } from "./format_error.ts";

/** One file inside an archive, already decompressed and checked. */
export interface ZipEntry {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** An entry as the archive's directory describes it. */
interface Listing {
  name: string;
  method: number;
  checksum: number;
  packedSize: number;
  size: number;
  /** Offset of the entry's own header. */
  start: number;
}

const END = 0x06054b50, LISTED = 0x02014b50, LOCAL = 0x04034b50;
const END_SIZE = 22, LISTED_SIZE = 46, LOCAL_SIZE = 30, MAX_COMMENT = 0xffff;
const STORED = 0, DEFLATED = 8;
/** Deflate cannot expand further than this, so a larger declared size is a lie. */
const MAX_EXPANSION = 1032;
const DAMAGED = "The archive is damaged or cut short; copy or save it again.";

/**
 * Unpacks an archive, entry by entry; the directory is checked before the first.
 *
 * @param where the file's name, for messages
 * @param maxBytes refuse archives that unpack to more than this
 * @throws FormatError with the byte offset of the problem
 */
export function* readZip(bytes: Uint8Array, where: string, maxBytes: number): Generator<ZipEntry> {
  for (const listing of readDirectory(bytes, where, maxBytes)) {
    yield { name: listing.name, bytes: unpack(bytes, listing, where) };
  }
}

/** Reads and checks everything but the packed data: names, sizes, positions. */
function readDirectory(bytes: Uint8Array, where: string, maxBytes: number): Listing[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (byte: number, expected: string, found: string, advice = DAMAGED): never => {
    throw new FormatError({ where, byte, expected, found, advice });
  };
  const end = findEnd(view);
  if (end < 0) fail(bytes.length, "the end record of a zip archive", `none in a file of ${bytes.length} bytes`);
  const count = view.getUint16(end + 10, true);
  const directorySize = view.getUint32(end + 12, true), directory = view.getUint32(end + 16, true);
  if (count === 0xffff || directorySize === 0xffffffff || directory === 0xffffffff) {
    fail(end, "a zip archive under 4 GiB and 65,535 entries", "a zip64 archive", "Save it as several smaller files.");
  }
  if (view.getUint32(end + 4, true) !== 0 || view.getUint16(end + 8, true) !== count) {
    fail(end + 4, "an archive in one part", "a part of a split archive");
  }
  if (directory + directorySize !== end) {
    fail(end + 12, `a directory that ends here`, `one at bytes ${directory} to ${directory + directorySize}`);
  }

  const listings: Listing[] = [];
  const names = new Set<string>();
  let total = 0;
  let at = directory;
  for (let i = 0; i < count; i++) {
    if (at + LISTED_SIZE > end || view.getUint32(at, true) !== LISTED) {
      fail(at, `directory record ${i + 1} of ${count}`, "something else");
    }
    const flags = view.getUint16(at + 8, true), method = view.getUint16(at + 10, true);
    const checksum = view.getUint32(at + 16, true);
    const packedSize = view.getUint32(at + 20, true), size = view.getUint32(at + 24, true);
    const nameSize = view.getUint16(at + 28, true);
    const start = view.getUint32(at + 42, true);
    const next = at + LISTED_SIZE + nameSize + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) fail(at + 28, "a directory record inside the directory", `one that ends at byte ${next}`);
    const name = decodeName(bytes.subarray(at + LISTED_SIZE, at + LISTED_SIZE + nameSize));
    if (name === null) return fail(at + LISTED_SIZE, "an entry name in UTF-8", "other bytes");
    if (names.has(name)) fail(at + LISTED_SIZE, "each entry name once", `${excerpt(name)} twice`);
    names.add(name);
    if (flags & 1) fail(at + 8, "an archive without encryption", `entry ${excerpt(name)} encrypted`);
    if (method !== STORED && method !== DEFLATED) {
      fail(at + 10, "method 0 (stored) or 8 (deflated)", `method ${method}`, "Save it with numpy.savez_compressed.");
    }
    if (packedSize === 0xffffffff || size === 0xffffffff || start === 0xffffffff) {
      fail(at + 20, "an entry under 4 GiB", `zip64 entry ${excerpt(name)}`, "Save it as several smaller files.");
    }
    if (method === STORED ? size !== packedSize : size > packedSize * MAX_EXPANSION) {
      fail(at + 24, "a size that the packed data can have", `${size} bytes from ${packedSize}`);
    }
    total += size;
    if (total > maxBytes) {
      const advice = "If you trust this file, read it with a larger maxBytes.";
      fail(at + 24, `at most ${maxBytes} bytes unpacked`, `${total} bytes or more`, advice);
    }
    listings.push({ name, method, checksum, packedSize, size, start });
    at = next;
  }
  if (at !== end) fail(at, `the end record after ${count} directory records`, "more data");
  checkPlaces(listings, directory, fail);
  return listings;
}

/** No two entries may share bytes (a small archive could then unpack to a huge one), and none may reach too far. */
function checkPlaces(listings: Listing[], limit: number, fail: (b: number, e: string, f: string) => never): void {
  const sorted = listings.toSorted((a, b) => b.start - a.start);
  for (const { start, packedSize, name } of sorted) {
    const end = start + LOCAL_SIZE + packedSize;
    if (end > limit) fail(start, `entry ${excerpt(name)} to end by byte ${limit}`, `at least ${end}`);
    limit = start;
  }
}

/** Decompresses one entry after comparing its own header with the directory. */
function unpack(bytes: Uint8Array, listing: Listing, where: string): Uint8Array<ArrayBuffer> {
  const { name, start, size, packedSize } = listing;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const place = `${where}, entry ${excerpt(name)}`;
  const fail = (byte: number, expected: string, found: string, cause?: unknown): never => {
    throw new FormatError({ where: place, byte, expected, found, advice: DAMAGED }, { cause });
  };
  if (view.getUint32(start, true) !== LOCAL) fail(start, "an entry header", "something else");
  const nameSize = view.getUint16(start + 26, true);
  const data = start + LOCAL_SIZE + nameSize + view.getUint16(start + 28, true);
  if (data + packedSize > bytes.length) {
    fail(data, `${packedSize} bytes of data`, `${Math.max(0, bytes.length - data)}`);
  }
  const localName = decodeName(bytes.subarray(start + LOCAL_SIZE, start + LOCAL_SIZE + nameSize));
  if (localName !== name) fail(start + LOCAL_SIZE, `the name in the directory, ${excerpt(name)}`, excerpt(localName));
  if (view.getUint16(start + 8, true) !== listing.method) {
    fail(start + 8, `method ${listing.method} as in the directory`, `method ${view.getUint16(start + 8, true)}`);
  }
  const later = (view.getUint16(start + 6, true) & 8) !== 0; // checksum and sizes follow the data instead
  for (const [at, listed] of [[14, listing.checksum], [18, packedSize], [22, size]]) {
    const found = view.getUint32(start + at, true);
    // NumPy writes 0xffffffff here, which refers to a zip64 field that repeats the directory.
    if (found !== listed && !(at > 14 && found === 0xffffffff) && !(later && found === 0)) {
      fail(start + at, `${listed} as in the directory`, `${found}`);
    }
  }
  const packed = bytes.subarray(data, data + packedSize);
  const out = new Uint8Array(size);
  if (listing.method === STORED) out.set(packed);
  else inflateInto(packed, out, (expected, found, cause) => fail(data, expected, found, cause));
  const checksum = crc32(out);
  if (checksum !== listing.checksum) fail(data, `checksum ${hex(listing.checksum)}`, hex(checksum));
  return out;
}

/** Decompresses piece by piece, so that a stream longer than declared is stopped as soon as it shows. */
function inflateInto(
  packed: Uint8Array,
  out: Uint8Array,
  fail: (expected: string, found: string, cause?: unknown) => never,
): void {
  const piece = 1 << 16, patience = 16;
  let filled = 0, over = false, idle = 0;
  const inflate = new Inflate((chunk) => {
    over ||= filled + chunk.length > out.length;
    if (!over) out.set(chunk, filled);
    filled += chunk.length;
    idle = chunk.length === 0 ? idle + 1 : 0;
  });
  try {
    for (let at = 0; at < packed.length && !over && idle < patience; at += piece) {
      inflate.push(packed.subarray(at, at + piece), at + piece >= packed.length);
    }
  } catch (error) {
    fail("a valid deflate stream", error instanceof Error ? error.message : String(error), error);
  }
  // fflate keeps what it cannot use and copies it at each piece, so a long useless rest would take quadratic time.
  if (idle === patience) {
    fail("a deflate stream that fills its entry", `${patience * piece} bytes that unpack to nothing`);
  }
  if (over || filled !== out.length) fail(`${out.length} bytes unpacked`, over ? "more" : `${filled}`);
}

/**
 * Packs entries into an archive. Equal entries give equal bytes: the date is always 1980-01-01.
 *
 * @throws RangeError if a name is too long or the archive would pass 4 GiB or 65,534 entries
 */
export function writeZip(entries: readonly ZipEntry[], compress: boolean): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [], listed: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const nameBytes = new TextEncoder().encode(name);
    const data = compress ? deflateSync(bytes, { level: 6 }) : bytes;
    if (nameBytes.length > 0xffff) throw new RangeError(`zip entry name: expected at most 65,535 bytes but found more`);
    // What both headers share: version, flags (UTF-8 name), method, time, date, checksum, sizes, name size, extra size.
    const common = new DataView(new ArrayBuffer(26));
    [20, 0x800, compress ? DEFLATED : STORED, 0, 0x21].forEach((value, i) => common.setUint16(2 * i, value, true));
    common.setUint32(10, crc32(bytes), true);
    common.setUint32(14, Math.min(data.length, 0xffffffff), true);
    common.setUint32(18, Math.min(bytes.length, 0xffffffff), true);
    common.setUint16(22, nameBytes.length, true);
    const shared = new Uint8Array(common.buffer);
    const tail = new DataView(new ArrayBuffer(14)); // comment size, disk, attributes (2 + 4 bytes), offset of the entry
    tail.setUint32(10, Math.min(offset, 0xffffffff), true);
    pieces.push(word32(LOCAL), shared, nameBytes, data);
    listed.push(word32(LISTED), Uint8Array.of(20, 0), shared, new Uint8Array(tail.buffer), nameBytes);
    offset += LOCAL_SIZE + nameBytes.length + data.length;
  }
  const directorySize = listed.reduce((sum, piece) => sum + piece.length, 0);
  if (offset + directorySize >= 0xffffffff || entries.length >= 0xffff) {
    throw new RangeError("zip archive: expected under 4 GiB and 65,535 entries but found more; write several files");
  }
  const end = new DataView(new ArrayBuffer(END_SIZE));
  end.setUint32(0, END, true);
  end.setUint16(8, entries.length, true);
  end.setUint16(10, entries.length, true);
  end.setUint32(12, directorySize, true);
  end.setUint32(16, offset, true);
  return concatenate([...pieces, ...listed, new Uint8Array(end.buffer)]);
}

/** The last end record whose comment reaches exactly to the end of the file, or -1. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END_SIZE;
  for (let at = last; at >= 0 && at >= last - MAX_COMMENT; at--) {
    if (view.getUint32(at, true) === END && view.getUint16(at + 20, true) === last - at) return at;
  }
  return -1;
}

function decodeName(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function word32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
