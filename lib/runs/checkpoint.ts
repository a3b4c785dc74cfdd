/**
 * Crash-safe checkpoints: `checkpoints/step-00001234/{state.safetensors, state.json, done}`.
 *
 * A checkpoint is written beside its place, forced to the disk, and renamed. `done` is written last and holds size and
 * SHA-256 of the other files, so a checkpoint is either whole and provably so, or it is passed over for the one before it.
 */

import { join } from "node:path";
import { FormatError } from "../data/format_error.ts";
import { readSafetensors, type TensorData, writeSafetensors } from "../data/safetensors.ts";
import { Field, jsonText, parseJson, readBytes } from "./json.ts";

/** Version of `done` and `state.json` that this Tessera writes. */
export const CHECKPOINT_FORMAT = 1;

/** Everything that a run needs to go on bit for bit: parameters, moments, buffers; and counters, random streams, stages. */
export interface CheckpointState {
  /** By name, as in the safetensors file. */
  readonly tensors: Readonly<Record<string, TensorData>>;
  /** Strict JSON: NaN, `undefined` and class instances are refused when it is saved. */
  readonly json: unknown;
}

/** A checkpoint that was read and found whole. */
export interface Checkpoint extends CheckpointState {
  /** Steps done when it was saved. */
  readonly step: number;
  /** Its folder. */
  readonly path: string;
}

/** A checkpoint that was passed over, and why. */
export interface SkippedCheckpoint {
  /** Its folder. */
  readonly path: string;
  /** What was expected, what was found, where, and what to do. */
  readonly reason: string;
}

/** How many checkpoints stay. */
export interface KeepOptions {
  /** Newest unpinned ones that stay. Default 2, so that one may turn out damaged. */
  readonly keep?: number;
  /** This one stays for good. */
  readonly pin?: boolean;
}

const TENSORS = "state.safetensors";
const STATE = "state.json";
const DONE = "done";
const ADVICE = "Delete this checkpoint's folder to go on from the one before it.";

interface Done {
  readonly format: number;
  readonly step: number;
  readonly pinned: boolean;
  readonly files: Readonly<Record<typeof TENSORS | typeof STATE, { readonly bytes: number; readonly sha256: string }>>;
}

async function sha256(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)).toHex();
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
  await file.sync();
}

/** Makes new names in a folder durable. Some systems cannot open a folder; names are still atomic there. */
async function syncFolder(path: string): Promise<void> {
  try {
    using folder = await Deno.open(path);
    await folder.sync();
  } catch { /* only durability across a power cut is lost */ }
}

const folderName = (step: number): string => `step-${String(step).padStart(8, "0")}`;

interface Candidate {
  readonly step: number;
  readonly path: string;
  /** Moved aside while a new checkpoint of the same step took its place. */
  readonly old: boolean;
}

/** Folders that look like checkpoints, newest first. Half-written ones (`.new-…`) are not among them. */
async function candidates(folder: string): Promise<Candidate[]> {
  const found: Candidate[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      const match = /^(\.old-)?step-(\d{8,15})$/.exec(entry.name);
      if (match && entry.isDirectory) {
        found.push({ step: Number(match[2]), path: join(folder, entry.name), old: match[1] !== undefined });
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort((a, b) => b.step - a.step || Number(a.old) - Number(b.old));
}

async function readDone({ path, step }: Candidate): Promise<Done> {
  const where = join(path, DONE);
  const bytes = await readBytes(where, "the mark of a whole checkpoint", ADVICE);
  const field = new Field(parseJson(bytes, where, ADVICE), where, ADVICE);
  const format = field.at("format").version(CHECKPOINT_FORMAT);
  if (field.at("step").integer(0) !== step) field.at("step").fail(`${step}, as the folder's name says`);
  const file = (name: string) => {
    const entry = field.at("files").at(name);
    const hash = entry.at("sha256").text("a SHA-256");
    return {
      bytes: entry.at("bytes").integer(0),
      sha256: /^[0-9a-f]{64}$/.test(hash) ? hash : entry.at("sha256").fail("a SHA-256"),
    };
  };
  return {
    format,
    step,
    pinned: field.at("pinned").boolean(),
    files: { [TENSORS]: file(TENSORS), [STATE]: file(STATE) },
  };
}

async function readChecked(path: string, promised: { bytes: number; sha256: string }): Promise<Uint8Array> {
  const bytes = await readBytes(path, "a part of the checkpoint", ADVICE);
  const fail = (expected: string, found: string): never => {
    throw new FormatError({ where: path, expected, found, advice: ADVICE });
  };
  if (bytes.length !== promised.bytes) fail(`${promised.bytes} bytes`, `${bytes.length}`);
  const found = await sha256(bytes);
  if (found !== promised.sha256) fail(`SHA-256 ${promised.sha256.slice(0, 12)}…`, `${found.slice(0, 12)}…`);
  return bytes;
}

async function read(candidate: Candidate): Promise<Checkpoint> {
  const { path, step } = candidate;
  const done = await readDone(candidate);
  const tensorsPath = join(path, TENSORS), statePath = join(path, STATE);
  const { tensors } = readSafetensors(await readChecked(tensorsPath, done.files[TENSORS]), tensorsPath);
  const field = new Field(
    parseJson(await readChecked(statePath, done.files[STATE]), statePath, ADVICE),
    statePath,
    ADVICE,
  );
  field.at("format").version(CHECKPOINT_FORMAT);
  if (field.at("step").integer(0) !== step) field.at("step").fail(`${step}, as the folder's name says`);
  const json = field.at("state").value;
  return { step, path, tensors, json: json === undefined ? field.at("state").fail("the state") : json };
}

/** Removes what a killed writer left behind, and unpinned checkpoints beyond `keep`. Damaged ones stay for inspection. */
async function tidy(folder: string, keep: number): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    if (/^\.(new|gone)-step-\d+$/.test(entry.name)) await Deno.remove(join(folder, entry.name), { recursive: true });
  }
  const all = await candidates(folder);
  let kept = 0;
  for (const candidate of all) {
    // One that stepped aside goes as soon as its replacement is in place; without one it counts like any other.
    if (candidate.old && all.some((other) => !other.old && other.step === candidate.step)) {
      await discard(folder, candidate);
      continue;
    }
    const done = await readDone(candidate).catch(() => null);
    if (done === null || done.pinned) continue;
    if (++kept > keep) await discard(folder, candidate);
  }
}

/** Frees the place of a step's checkpoint. A whole one stays loadable under another name until its replacement is in place. */
async function stepAside(folder: string, step: number): Promise<void> {
  const same = (await candidates(folder)).filter((candidate) => candidate.step === step);
  const inPlace = same.find((candidate) => !candidate.old), old = same.find((candidate) => candidate.old);
  if (!inPlace) return;
  const whole = await read(inPlace).then(() => true, () => false);
  if (!whole) return await discard(folder, inPlace);
  if (old) await discard(folder, old);
  await Deno.rename(inPlace.path, join(folder, `.old-${folderName(step)}`));
}

/** Renames first: a checkpoint that is half removed must not look like a damaged one. */
async function discard(folder: string, { step, path }: Candidate): Promise<void> {
  const gone = join(folder, `.gone-${folderName(step)}`);
  await Deno.rename(path, gone);
  await Deno.remove(gone, { recursive: true });
}

/**
 * Saves a checkpoint, and only then removes older ones. The caller holds the run's lock.
 *
 * @param folder the run's `checkpoints` folder; made if it is not there
 * @param step steps done so far
 * @returns the checkpoint's folder
 * @throws TypeError when the state is not strict JSON; file system errors. Earlier checkpoints are untouched in both cases.
 */
export async function saveCheckpoint(
  folder: string,
  step: number,
  state: CheckpointState,
  options: KeepOptions = {},
): Promise<string> {
  const { keep = 2, pin = false } = options;
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new TypeError(`a checkpoint's step must be an integer of at least 0 but is ${step}`);
  }
  if (!Number.isSafeInteger(keep) || keep < 1) {
    throw new TypeError(`keep must be an integer of at least 1 but is ${keep}`);
  }
  const text = jsonText({ format: CHECKPOINT_FORMAT, step, state: state.json }, STATE, 0);
  const parts = { [TENSORS]: writeSafetensors(state.tensors), [STATE]: new TextEncoder().encode(text) };
  const files: Record<string, { bytes: number; sha256: string }> = {};
  for (const [name, bytes] of Object.entries(parts)) files[name] = { bytes: bytes.length, sha256: await sha256(bytes) };

  await Deno.mkdir(folder, { recursive: true });
  const place = join(folder, folderName(step)), beside = join(folder, `.new-${folderName(step)}`);
  await Deno.remove(beside, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(beside);
  for (const [name, bytes] of Object.entries(parts)) await writeSynced(join(beside, name), bytes);
  const done = jsonText({ format: CHECKPOINT_FORMAT, step, pinned: pin, files }, DONE);
  await writeSynced(join(beside, DONE), new TextEncoder().encode(done));
  await syncFolder(beside);
  // A folder cannot be renamed onto a full one.
  await stepAside(folder, step);
  await Deno.rename(beside, place);
  await syncFolder(folder);
  await tidy(folder, keep);
  return place;
}

/**
 * Reads the newest whole checkpoint. Changes nothing.
 *
 * @param folder the run's `checkpoints` folder
 * @returns the checkpoint (null when none is whole), and every newer one that was passed over, with the reason
 *
 * @example
 * ```ts
 * const { checkpoint, skipped } = await loadCheckpoint("runs/one/checkpoints");
 * for (const { path, reason } of skipped) console.warn(`${path} was passed over: ${reason}`);
 * ```
 */
export async function loadCheckpoint(
  folder: string,
): Promise<{ checkpoint: Checkpoint | null; skipped: SkippedCheckpoint[] }> {
  const skipped: SkippedCheckpoint[] = [];
  for (const candidate of await candidates(folder)) {
    try {
      return { checkpoint: await read(candidate), skipped };
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      skipped.push({ path: candidate.path, reason: error.message });
    }
  }
  return { checkpoint: null, skipped };
}

/**
 * Reads the checkpoint of one step.
 *
 * @throws FormatError when it is missing or damaged; the message lists the steps that exist
 */
export async function loadCheckpointAt(folder: string, step: number): Promise<Checkpoint> {
  const all = await candidates(folder);
  const found = all.find((candidate) => candidate.step === step);
  if (found) return await read(found);
  const steps = all.map((candidate) => candidate.step).join(", ");
  const advice = steps ? `There are checkpoints of steps ${steps}.` : "There are no checkpoints in it yet.";
  throw new FormatError({ where: folder, expected: `a checkpoint of step ${step}`, found: "none", advice });
}
