/** Assembles the cartridges of Tessera's own games: `roms/*.asm` → `roms/*.bin`, with Debian's dasm. */
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where sources and cartridges lie. */
export const SOURCES = fileURLToPath(new URL("../../roms/", import.meta.url));
/** Bytes of each cartridge. */
const CARTRIDGE = 4096;

/** A source cannot be made a cartridge. */
export class BuildError extends Error {
  /** "BuildError". */
  override readonly name = "BuildError";
}

/** One cartridge after a build. */
export interface Built {
  /** Its file. */
  readonly path: string;
  /** Its length. */
  readonly bytes: number;
  /** Whether it differs from the file that was there. */
  readonly changed: boolean;
}

/** Whether dasm is on this machine. */
export function hasDasm(): boolean {
  try {
    new Deno.Command("dasm", { stdout: "null", stderr: "null" }).outputSync();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * One program's bytes.
 *
 * @param source path of an .asm file; what it includes is looked for beside it
 * @throws BuildError with the assembler's messages
 */
export async function assemble(source: string): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await Deno.makeTempDir(), out = join(folder, "out.bin");
  try {
    const { success, stdout, stderr } = await new Deno.Command("dasm", {
      args: [basename(source), "-f3", `-o${out}`],
      cwd: dirname(source),
    }).output();
    if (!success) {
      const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim()).filter(Boolean).join("\n");
      throw new BuildError(`${source}: dasm found errors:\n${said}`);
    }
    const bytes = await Deno.readFile(out);
    if (bytes.length === CARTRIDGE) return bytes;
    throw new BuildError(`${source}: expected a cartridge of ${CARTRIDGE} bytes but found ${bytes.length}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new BuildError(`expected the assembler dasm on this machine but found none; on Debian: apt install dasm`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Assembles every program of a folder. A cartridge that stays the same is not written.
 *
 * @throws BuildError if one cannot be assembled; those before it are written
 */
export async function buildRoms(folder: string = SOURCES): Promise<Built[]> {
  const sources = readdirSync(folder).filter((name) => name.endsWith(".asm")).sort();
  if (sources.length === 0) throw new BuildError(`expected programs (*.asm) in ${folder} but found none`);
  const built: Built[] = [];
  for (const name of sources) {
    const bytes = await assemble(join(folder, name)), path = join(folder, name.replace(/\.asm$/, ".bin"));
    const changed = !same(bytes, await Deno.readFile(path).catch(() => new Uint8Array(0)));
    if (changed) {
      await Deno.writeFile(`${path}.part`, bytes);
      await Deno.rename(`${path}.part`, path);
    }
    built.push({ path, bytes: bytes.length, changed });
  }
  return built;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
