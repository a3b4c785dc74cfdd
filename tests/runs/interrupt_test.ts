import assert from "node:assert/strict";
import { join } from "node:path";
import { createRun, loadCheckpoint, runPaths } from "../../lib/runs/mod.ts";
import { inFolder, newRun } from "./helpers.ts";

const MODULE = new URL("../../lib/runs/interrupt.ts", import.meta.url).href;
const windows = Deno.build.os === "windows";

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test({
    name: `${signal} saves at the next step and stops`,
    ignore: windows,
    fn: () =>
      inFolder(async (folder) => {
        const run = await createRun({ ...newRun, out: join(folder, "run") });
        const child = new Deno.Command(Deno.execPath(), {
          args: ["run", "--no-check", "-A", join(import.meta.dirname!, "trains.ts"), run.folder, "1000000"],
          stdout: "piped",
          stderr: "piped",
        }).spawn();
        const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
        let text = (await reader.read()).value ?? "";
        child.kill(signal);
        for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
        const errors = await new Response(child.stderr).text();
        assert.equal((await child.status).code, code, errors);
        assert.equal(errors, "\nStopping: saving at the next step. Once more ends at once, without saving.\n");
        const last = Number(text.trim().split("\n").at(-1)?.replace("saved ", ""));
        const { checkpoint, skipped } = await loadCheckpoint(runPaths.checkpoints(run));
        assert.deepEqual({ step: checkpoint?.step, skipped }, { step: last, skipped: [] });
      }),
  });
}

Deno.test({
  name: "the second signal ends the process at once, even when the work never looks",
  ignore: windows,
  fn: async () => {
    const code = `import { catchInterrupt } from ${JSON.stringify(MODULE)};
      catchInterrupt(() => console.log("asked"));
      console.log("ready");
      setInterval(() => {}, 1000);`;
    const child = new Deno.Command(Deno.execPath(), { args: ["eval", code], stdout: "piped", stderr: "inherit" })
      .spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader.read()).value, "ready\n");
    child.kill("SIGINT");
    assert.equal((await reader.read()).value, "asked\n");
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 143);
    await reader.cancel();
  },
});

Deno.test({
  name: "a caught signal aborts once, and disposing stops the listening",
  ignore: windows,
  fn: async () => {
    // In a process of its own: signals reach everything in a process.
    const code = `import { catchInterrupt } from ${JSON.stringify(MODULE)};
      const stay = setInterval(() => {}, 1000);
      const seen = [];
      const first = catchInterrupt((line) => seen.push("first told"));
      seen.push(first.exitCode);
      const aborted = (i) => new Promise((resolve) => i.signal.addEventListener("abort", resolve));
      const one = aborted(first);
      Deno.kill(Deno.pid, "SIGTERM");
      await one;
      seen.push(first.exitCode, first.signal.reason.name);
      first.dispose();
      first.dispose();
      // The first one, were it still listening, would end the process now.
      const second = catchInterrupt((line) => seen.push("second told"));
      const two = aborted(second);
      Deno.kill(Deno.pid, "SIGINT");
      await two;
      seen.push(second.exitCode);
      second[Symbol.dispose]();
      clearInterval(stay);
      console.log(JSON.stringify(seen));`;
    const { stdout, code: exit } = await new Deno.Command(Deno.execPath(), { args: ["eval", code], stderr: "inherit" })
      .output();
    assert.equal(exit, 0);
    const seen = JSON.parse(new TextDecoder().decode(stdout));
    assert.deepEqual(seen, [null, "first told", 143, "AbortError", "second told", 130]);
  },
});
