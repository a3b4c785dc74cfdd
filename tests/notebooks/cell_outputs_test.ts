import assert from "node:assert/strict";
import { errorOutput, FENCE, OutputCollector } from "../../tasks/notebooks/cell_outputs.ts";
import type { Output } from "../../tasks/notebooks/notebook_file.ts";

/** Sends messages of one request to a collector; returns the outputs. */
function collect(...messages: [type: string, content: Record<string, unknown>][]): Output[] {
  const collector = new OutputCollector(), outputs: Output[] = [];
  collector.assign("request", outputs);
  for (const [type, content] of messages) collector.take({ channel: "iopub", type, parent: "request", content });
  return outputs;
}

const text = (text: string) => ({ "text/plain": text });

Deno.test("outputs: parts of one stream are joined, another stream or output begins anew", () => {
  const outputs = collect(
    ["stream", { name: "stdout", text: "a" }],
    ["stream", { name: "stdout", text: "b\n" }],
    ["stream", { name: "stderr", text: "c" }],
    ["display_data", { data: text("d"), metadata: {} }],
    ["stream", { name: "stderr", text: "e" }],
  );
  assert.deepEqual(outputs.map((o) => o.text ?? o.data), ["ab\n", "c", text("d"), "e"]);
});

Deno.test("outputs: updates change every display of their name, clearing works at once and with the next output", () => {
  const shown = { data: text("old"), metadata: {}, transient: { display_id: "x" } };
  const update = { ...shown, data: text("new"), metadata: { a: 1 } };
  const outputs = collect(["display_data", shown], ["display_data", shown], ["update_display_data", update]);
  assert.deepEqual(outputs.map((o) => [o.data, o.metadata]), [[text("new"), { a: 1 }], [text("new"), { a: 1 }]]);
  assert.deepEqual(collect(["display_data", shown], ["clear_output", { wait: false }]), []);
  const waiting = collect(["stream", { name: "stdout", text: "1" }], ["clear_output", { wait: true }]);
  assert.equal(waiting.length, 1);
  const cleared = collect(["stream", { name: "stdout", text: "1" }], ["clear_output", { wait: true }], ["stream", {
    name: "stdout",
    text: "2",
  }]);
  assert.deepEqual(cleared.map((o) => o.text), ["2"]);
});

Deno.test("outputs: the fence, unknown requests and unknown types leave no trace; colour codes are removed", () => {
  const collector = new OutputCollector(), outputs: Output[] = [];
  collector.assign("request", outputs);
  for (const parent of [undefined, "other"]) {
    collector.take({ channel: "iopub", type: "stream", parent, content: { name: "stdout", text: "x" } });
  }
  collector.take({ channel: "iopub", type: "comm_msg", parent: "request", content: {} });
  collector.take({ channel: "iopub", type: "display_data", parent: "request", content: { data: { [FENCE]: 1 } } });
  assert.deepEqual(outputs, []);
  const error = errorOutput({ ename: "Error", evalue: "\x1b[31mbad\x1b[0m", traceback: [] });
  assert.deepEqual(error, { output_type: "error", ename: "Error", evalue: "bad", traceback: ["Error: bad"] });
});
