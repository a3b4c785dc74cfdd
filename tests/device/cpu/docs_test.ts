import assert from "node:assert/strict";

const page = new URL("../../../docs/cpu-device.md", import.meta.url);
const library = new URL("../../../lib/device/cpu/mod.ts", import.meta.url).href;

Deno.test("the example of docs/cpu-device.md runs and prints what it says", async () => {
  const text = await Deno.readTextFile(page);
  const example = /```ts\n([^]*?)```/.exec(text)![1].replace("../lib/device/cpu/mod.ts", library);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", "--ext=ts", example],
    signal: AbortSignal.timeout(30_000),
  });
  const { stdout, stderr } = await child.output();
  const said = /console\.log\(.*\/\/ (.*)/.exec(example)![1];
  assert.equal(new TextDecoder().decode(stdout).trim(), said, new TextDecoder().decode(stderr));
});
