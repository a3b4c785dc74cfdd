import assert from "node:assert/strict";
import {
  type Episodes,
  episodesFromArrays,
  episodesToArrays,
  FormatError,
  type NpyArray,
  observationAt,
  observationSize,
  readNpz,
  trueSteps,
  writeNpz,
} from "../../lib/data/mod.ts";

const EPISODES: Episodes = {
  count: 2,
  steps: 3,
  observationShape: [2, 2],
  observations: Uint8Array.from({ length: 2 * 4 * 4 }, (_, i) => i),
  actions: Uint8Array.of(1, 2, 3, 4, 5, 0),
  lengths: Uint16Array.of(3, 2),
};

Deno.test("episodes survive an .npz file exactly, with small and large action sets", () => {
  for (const actions of [EPISODES.actions, Uint16Array.from(EPISODES.actions, (a) => a * 999)]) {
    const episodes = { ...EPISODES, actions };
    const read = episodesFromArrays(readNpz(writeNpz(episodesToArrays(episodes)), "e.npz"), "e.npz");
    assert.deepEqual(read, episodes);
  }
});

Deno.test("sizes, true steps and single observations", () => {
  assert.equal(observationSize(EPISODES), 4);
  assert.equal(trueSteps(EPISODES), 5);
  assert.deepEqual(observationAt(EPISODES, 1, 2), Uint8Array.of(24, 25, 26, 27));
});

Deno.test("arrays that are no episodes are refused by array", () => {
  const arrays = episodesToArrays(EPISODES);
  const change = (name: string, array: Partial<NpyArray>) => ({ ...arrays, [name]: { ...arrays[name], ...array } });
  const { lengths: _, ...without } = arrays;
  const cases: [Record<string, NpyArray>, RegExp][] = [
    [{}, /e.npz, array observations: expected this array but found only an empty file/],
    [without, /array lengths: expected this array but found only observations, actions/],
    [change("actions", { dtype: "<f4" }), /array actions: expected dtype \|u1 or <u2 but found <f4/],
    [change("actions", { shape: [6] }), /array actions: expected shape \[n, T\] but found \[6\]/],
    [change("actions", { shape: [3, 2] }), /array observations: expected shape \[3, 3, …\]/],
    [change("lengths", { shape: [1, 2] }), /array lengths: expected shape \[2\] but found \[1,2\]/],
    [change("lengths", { data: Uint16Array.of(3, 4) }), /at most 3 steps in episode 1 but found 4/],
  ];
  for (const [bad, message] of cases) {
    assert.throws(
      () => episodesFromArrays(bad, "e.npz"),
      (error) => error instanceof FormatError && message.test(error.message),
    );
  }
});
