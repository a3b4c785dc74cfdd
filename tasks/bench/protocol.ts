/** What the harness and the process of a peer say to each other: one line of JSON each way. */
import type { Fingerprints } from "./agreement.ts";
import type { Case } from "./cases/case.ts";
import type { Target } from "./peers/list.ts";

export type Request =
  /** Starts the library. Once, first. */
  | { readonly op: "open"; readonly peer: string; readonly target: Target }
  /** Makes a case ready; the one before is let go. */
  | { readonly op: "prepare"; readonly case: Case }
  /** Runs back to back until `turnMs` milliseconds have passed, at least once. */
  | { readonly op: "run"; readonly turnMs: number }
  | { readonly op: "results" };

export type Reply =
  | { readonly kind: "opened"; readonly device: string }
  | { readonly kind: "prepared" }
  | { readonly kind: "ran"; readonly samples: readonly number[] }
  | { readonly kind: "results"; readonly prints: Fingerprints }
  | { readonly kind: "cannot"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

export type ReplyOf<R extends Request> = Extract<
  Reply,
  { kind: { open: "opened"; prepare: "prepared"; run: "ran"; results: "results" }[R["op"]] }
>;
