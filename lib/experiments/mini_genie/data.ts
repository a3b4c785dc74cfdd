import { basename, resolve } from "node:path";
import { episodeAt, episodeCount, FormatError, type FrameEpisodes, readEpisodeFolder } from "../../data/mod.ts";
import { MiniGrid, recordOneMiniGrid } from "../../games/mod.ts";
import type { GivenData } from "./presets.ts";
import { type Recording, RecordingBuilder } from "./recording.ts";
import type { DataSettings, Settings } from "./settings.ts";

/** Records the episodes of these settings: the same ones each time (spec 3 §2.1). */
export function recordFrames({ data, model }: Pick<Settings, "data" | "model">, seed: number): Recording {
  const side = worldSide(data.name, data.tile), builder = new RecordingBuilder(model.imageSide);
  const episodes = recordOneMiniGrid({
    env: data.name,
    episodes: data.episodes,
    policy: { moves: data.moves, share: data.moveShare },
    maxFrames: data.longest,
    seed,
    tile: data.tile,
    highlight: data.highlight,
    size: side === model.imageSide ? null : model.imageSide,
    keepLast: data.lastFrame,
  });
  for (const { frames, actions } of episodes) builder.add(frames, actions);
  return builder.recording();
}

/**
 * Pixels along a side of an environment's picture.
 * @throws FormatError for a world that is not square
 */
export function worldSide(name: string, tile: DataSettings["tile"]): number {
  const [width, height] = new MiniGrid(name).size;
  if (width === height) return width * tile;
  throw new FormatError({
    where: name,
    expected: "a square world",
    found: `${width} × ${height} cells`,
    advice: "Choose another environment: the networks see square pictures.",
  });
}

/** Episodes that Tessera did not record, ready to be learnt from, and what their settings must know of them. */
export interface GivenRecording {
  readonly recording: Recording;
  readonly given: GivenData;
}

/**
 * Reads a folder of episodes in the layout of `deno task record`, from wherever they are.
 * @throws FormatError for a damaged file, or frames that the networks cannot take
 */
export async function readRecording(folder: string): Promise<GivenRecording> {
  const name = basename(resolve(folder)).replace(/[^A-Za-z0-9._+-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return giveRecording(await readEpisodeFolder(folder), name || "episodes", folder);
}

/** @param where they come from, for errors. @throws FormatError for frames that the networks cannot take */
export function giveRecording(episodes: FrameEpisodes, name: string, where = name): GivenRecording {
  const { width, height } = episodes;
  if (width !== height || width % 4 !== 0) {
    throw new FormatError({
      where,
      expected: "square frames whose side is a multiple of 4 pixels",
      found: `${width} × ${height}`,
      advice: "Crop or resize the frames; 40 or 64 pixels a side train fastest.",
    });
  }
  const builder = new RecordingBuilder(width), count = episodeCount(episodes);
  for (let i = 0; i < count; i++) {
    const { frames, actions } = episodeAt(episodes, i);
    builder.add(frames, actions);
  }
  return { recording: builder.recording(), given: { name, episodes: count, side: width } };
}
