import { join } from "node:path";
import { writeFileAtomic } from "../data/mod.ts";
import { type Figure, saveFigure } from "../figures/mod.ts";
import type { ReportFigure } from "../runs/mod.ts";

/** Writes figures below a run folder, for its report, and remembers them in order. */
export class FigureStore {
  /** Paths of the pictures so far, relative to the folder. */
  readonly files: string[] = [];

  /** @param folder of the run */
  constructor(readonly folder: string) {}

  /** Stores a figure as specification, SVG and PNG. @param into folder below the run's, say "figures" */
  async save(figure: Figure, into: string): Promise<ReportFigure> {
    await saveFigure(join(this.folder, into), figure);
    return this.#remember(`${into}/${figure.name}.png`, figure.alt);
  }

  /** Stores an animation. */
  async saveGif(name: string, gif: Uint8Array, caption: string, into: string): Promise<ReportFigure> {
    await Deno.mkdir(join(this.folder, into), { recursive: true });
    await writeFileAtomic(join(this.folder, into, `${name}.gif`), gif);
    return this.#remember(`${into}/${name}.gif`, caption);
  }

  #remember(file: string, caption: string): ReportFigure {
    this.files.push(file);
    return { file, caption };
  }
}
