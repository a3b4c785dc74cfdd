/** What page and server say to each other. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Mood, MOODS } from "../../lib/play/live.ts";
import { PICTURE_HEAD, picturePacket, readPageMessage } from "../../lib/play/protocol.ts";

Deno.test("messages of a page are understood", () => {
  assert.deepEqual(readPageMessage('{"type":"press","key":"3","repeat":true,"more":1}'), {
    type: "press",
    key: "3",
    repeat: true,
  });
  assert.deepEqual(readPageMessage('{"type":"press","key":"r"}'), { type: "press", key: "r", repeat: false });
  assert.deepEqual(readPageMessage('{"type":"release","key":"ArrowUp"}'), { type: "release", key: "ArrowUp" });
  assert.deepEqual(readPageMessage('{"type":"blur"}'), { type: "blur" });
});

Deno.test("what is no message is told, whatever it is", () => {
  const cases: [unknown, RegExp][] = [
    [new ArrayBuffer(4), /text message but found bytes/],
    ["", /expected JSON/],
    ["{", /expected JSON/],
    ["null", /expected an object/],
    ["[1]", /expected an object/],
    ["7", /expected an object/],
    ["{}", /press, release, blur or shown but found none/],
    ['{"type":"quit"}', /press, release, blur or shown but found "quit"/],
    ['{"type":"press"}', /name of a key but found none/],
    ['{"type":"press","key":7}', /name of a key but found 7/],
    ['{"type":"press","key":""}', /name of a key but found ""/],
    [`{"type":"press","key":"${"x".repeat(33)}"}`, /name of a key/],
    ['{"type":"press","key":{"__proto__":1}}', /name of a key/],
    [" ".repeat(513), /at most 512 characters but found 513/],
  ];
  for (const [data, expected] of cases) {
    const read = readPageMessage(data);
    assert.ok("problem" in read, `accepted ${data}`);
    assert.match(read.problem, expected);
  }
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.anything()), (data) => {
    const read = readPageMessage(data);
    assert.ok("problem" in read ? read.problem.length > 0 : ["press", "release", "blur"].includes(read.type));
  }));
});

Deno.test("pictures: head, label, bytes", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.constantFrom(...MOODS),
    (width, height, label, mood: Mood) => {
      const rgb = Uint8Array.from({ length: 3 * width * height }, (_, i) => 7 * i % 256);
      const packet = picturePacket({ width, height, rgb }, { label, mood }), head = new DataView(packet.buffer);
      const [kind, index, w, h, bytes] = [0, 4, 8, 12, 16].map((at) => head.getUint32(at, true));
      assert.deepEqual([kind, MOODS[index], w, h], [1, mood, width, height]);
      const end = PICTURE_HEAD + bytes;
      assert.equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(packet.subarray(PICTURE_HEAD, end)), label);
      assert.deepEqual(packet.subarray(end), rgb);
    },
  ));
  const view = picturePacket({ width: 1, height: 1, rgb: Uint8Array.of(1, 2, 3) }, { view: 4 });
  assert.deepEqual([...view], [0, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]);
  assert.throws(
    () => picturePacket({ width: 2, height: 1, rgb: new Uint8Array(3) }, { view: 0 }),
    /expected 2 × 1 × 3 bytes but found 3/,
  );
});
