/** The notebook of experiment 3: all cells of spec 3 §8, and it runs. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readNotebook, sourceOf } from "../../tasks/notebooks/notebook_file.ts";
import { runNotebook } from "../../tasks/notebooks/run_notebook.ts";
import { notebookDevice } from "./any_notebook.ts";

const PATH = join(import.meta.dirname!, "..", "..", "notebooks", "3-mini-genie.ipynb");

const device = await notebookDevice();

Deno.test("Mini-Genie's notebook has the 17 cells of its outline, in order", async () => {
  const { cells } = await readNotebook(PATH);
  assert.match(sourceOf(cells[0]), /^# Mini-Genie/); // cell 1: title, claim, diagram
  const numbers = cells.flatMap((cell) =>
    [...sourceOf(cell).matchAll(/^\/\/ Cell (\d+)\./gm)].map(([, n]) => Number(n))
  );
  assert.deepEqual(numbers, Array.from({ length: 16 }, (_, i) => i + 2));
});

Deno.test({
  name: `Mini-Genie's notebook runs in its short form [${device ?? "no device on this machine"}]`,
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
      const figures = new Set([...text.matchAll(/^Figure (\w+):/gm)].map(([, name]) => name));
      for (
        const name of [
          "world",
          "worlds",
          "episodes",
          "recording",
          "training_vq_vae",
          "reconstruction",
          "token_maps",
          "changed_tokens",
          "training_pair",
          "confusion_matrix",
          "agreement",
          "action_latent_space_tsne",
          "dream_strip",
          "walk_strip",
          "comparison",
        ]
      ) assert.ok(figures.has(name), name);
      const of = (mime: string) => outputs.filter((output) => output.data?.[mime] !== undefined).length;
      assert.equal(of("image/gif"), 2, "two dreams");
      assert.ok(
        outputs.some((output) => [output.data?.["text/html"] ?? ""].flat().join("").includes("tessera-playable")),
      );
      assert.match(text, /different frames/);
      assert.doesNotMatch(text, /NaN|\[object|undefined/);
      for (const file of ["model.safetensors", "tokens.npz", "report.html", "report.md"]) {
        assert.ok((await Deno.stat(join(out, file))).size > 0, file);
      }
    } finally {
      await Deno.remove(out, { recursive: true });
    }
  },
});
