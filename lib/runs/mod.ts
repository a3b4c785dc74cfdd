/** Run folders: settings, metrics, checkpoints, exact resume, reproduction cards, reports, progress, interruption. */

export * from "./card.ts";
export * from "./card_file.ts";
export * from "./card_table.ts";
export * from "./checkpoint.ts";
export * from "./interrupt.ts";
export { type Json } from "./json.ts";
export * from "./lock.ts";
export * from "./metrics_log.ts";
export * from "./progress.ts";
export * from "./report.ts";
export * from "./run_folder.ts";
export * from "./text_table.ts";
export * from "./versions.ts";
export * from "./writer.ts";
