/** Files and recorded data: episodes, npz, safetensors, JSON Lines, safe writing. */

export {
  type Episodes,
  episodesFromArrays,
  episodesToArrays,
  observationAt,
  observationSize,
  trueSteps,
} from "./episodes.ts";
export {
  episodeFile,
  type EpisodeFolderLimits,
  listEpisodeFiles,
  readEpisodeFolder,
  writeEpisode,
} from "./episode_folder.ts";
export { writeFileAtomic } from "./files.ts";
export { FormatError, type FormatProblem } from "./format_error.ts";
export {
  episodeAt,
  episodeCount,
  frameAt,
  frameCount,
  type FrameEpisode,
  frameEpisodeFromArrays,
  type FrameEpisodes,
  frameEpisodeToArrays,
  joinEpisodes,
  NO_ACTION,
} from "./frame_episodes.ts";
export { type JsonLines, readJsonl, writeJsonl } from "./jsonl.ts";
export { type NpyArray, type NpyData, readNpy, writeNpy } from "./npy.ts";
export { type Pictures, rgbOf } from "./pictures.ts";
export { type NpzLimits, readNpz, writeNpz } from "./npz.ts";
export { claimRecording, RECORDING_FILE, RecordingFolderError } from "./recording_folder.ts";
export {
  readSafetensors,
  type Safetensors,
  TENSOR_TYPES,
  type TensorData,
  type TensorType,
  writeSafetensors,
} from "./safetensors.ts";
export {
  cutTrajectory,
  isTrajectory,
  joinTrajectories,
  type Trajectories,
  type Trajectory,
  trajectoryFromArrays,
  trajectoryToArrays,
} from "./trajectory.ts";
export {
  type FiledTrajectory,
  readTrajectories,
  readTrajectory,
  readTrajectoryFolder,
  writeTrajectory,
} from "./trajectory_folder.ts";
