/** Errors of libraries that mean the command was called wrongly. */
import { RecordingFolderError } from "../../lib/data/mod.ts";
import { UsageError } from "../cli.ts";

/** Rethrows. @throws UsageError for what the user can mend by another flag, else the error itself */
export function asUsageError(error: unknown): never {
  if (error instanceof RecordingFolderError || error instanceof RangeError) {
    throw new UsageError(error.message, { cause: error });
  }
  throw error;
}
