/** The notebook of experiment 1: as complete as the original, and it runs. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readNotebook, sourceOf } from "../../tasks/notebooks/notebook_file.ts";
import { runNotebook } from "../../tasks/notebooks/run_notebook.ts";
import { notebookDevice } from "./any_notebook.ts";

const PATH = join(import.meta.dirname!, "..", "..", "notebooks", "1-rules-and-chance.ipynb");

const device = await notebookDevice();

Deno.test("the notebook has every cell of the original, in its order, and the added sections", async () => {
  const { cells } = await readNotebook(PATH);
  const headings = cells.filter((cell) => cell.cell_type === "markdown").map(sourceOf)
    .flatMap((text) => [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading));
  const order = [
    "VQ world model: learning rules from pixels",
    "Setup",
    "Experiment 1: 2048 (a stochastic game)",
    "Experiment 2: Othello (a deterministic game)",
    "Rule extraction and visualisation",
    "What the models get to see",
    "2048: the truth about chance",
    "Side-by-side comparison",
    "What 14 times really measures",
    "Published against corrected",
    "Next steps",
  ];
  assert.deepEqual(headings.filter((heading) => order.includes(heading)), order);
  // Cells 0, 1, 6, 8, 10, 17 and 20 of the original are the headings above; 13 and 15 train what 7 and 9 have trained.
  const named = cells.filter((cell) => cell.cell_type === "code").map(sourceOf)
    .flatMap((code) => [.../^\/\/ Original cells? ([^.,]+)/.exec(code)?.[1].matchAll(/\d+/g) ?? []].map(Number));
  assert.deepEqual([...new Set(named)].sort((a, b) => a - b), [2, 3, 4, 5, 7, 9, 11, 12, 13, 14, 15, 16, 18, 19, 21]);
});

Deno.test({
  name: `the notebook runs in its short form [${device ?? "no device on this machine"}]`,
  ignore: device === null,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const out = await Deno.makeTempDir();
    try {
      const env = { TESSERA_SHORT: "1", TESSERA_OUT: out, TESSERA_DEVICE: device! };
      const { notebook, failed } = await runNotebook(PATH, { env });
      assert.equal(failed, null);
      const outputs = notebook.cells.flatMap((cell) => cell.outputs ?? []);
      const text = outputs.map((output) => [output.text ?? output.data?.["text/plain"] ?? ""].flat().join("")).join(
        "\n",
      );
      const pictures = outputs.filter((output) => output.data?.["image/png"] !== undefined).length;
      const figures = [...text.matchAll(/^Figure (\w+):/gm)].map(([, name]) => name);
      assert.equal(pictures, figures.length, "a picture with every figure");
      for (
        const kind of [
          "examples",
          "training",
          "codebook",
          "entropy_heatmap",
          "entropy_dist",
          "transition_graph",
          "modes",
        ]
      ) {
        for (const game of ["2048", "othello"]) assert.ok(figures.includes(`${game}_${kind}`), `${game}_${kind}`);
      }
      for (const name of ["entropy_comparison", "2048_coarse_codebooks", "2048_code_meaning"]) {
        assert.ok(figures.includes(name), name);
      }
      assert.match(text, /\d of 8 claims hold/);
      assert.match(text, /\d of 7 claims hold/);
      assert.doesNotMatch(text, /NaN|\[object|undefined(?!, no code changes|, the mean)/);
      for (
        const file of ["model_2048.safetensors", "model_othello.safetensors", "report.html", "figures/2048_rules.txt"]
      ) {
        assert.ok((await Deno.stat(join(out, file))).size > 0, file);
      }
    } finally {
      await Deno.remove(out, { recursive: true });
    }
  },
});
