import assert from "node:assert/strict";
import fc from "fast-check";
import { FormatError, readJsonl, writeJsonl } from "../../lib/data/mod.ts";
import { damages, join, mutate, readOrFormatError } from "./mutate.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const record = fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false }), { maxKeys: 4 });

function failure(bytes: Uint8Array): FormatError {
  try {
    readJsonl(bytes, "m.jsonl");
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    return error;
  }
  throw new Error("expected a FormatError but the file was read");
}

Deno.test("records come back as written", () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), (records) => {
      const bytes = encode(writeJsonl(records));
      const read = readJsonl(bytes, "m.jsonl");
      assert.deepEqual(read, {
        records: JSON.parse(JSON.stringify(records)),
        wholeBytes: bytes.length,
        tornLine: null,
        unended: false,
      });
    }),
    { numRuns: 300, seed: 1 },
  );
});

Deno.test("a last line torn at any byte is left out and reported, the lines before it are kept", () => {
  const whole = encode('{"step":1}\n{"step":2,"name":"é"}\n');
  const first = '{"step":1}\n'.length;
  for (let length = first + 1; length < whole.length; length++) {
    const read = readJsonl(whole.subarray(0, length), "m.jsonl");
    if (length === whole.length - 1) {
      assert.deepEqual([read.records.length, read.tornLine, read.unended], [2, null, true]);
    } else {
      assert.deepEqual(read, { records: [{ step: 1 }], wholeBytes: first, tornLine: 2, unended: false });
    }
  }
  // After a power cut the tail may be zeros.
  const zeros = readJsonl(join(whole, new Uint8Array(100)), "m.jsonl");
  assert.deepEqual([zeros.records.length, zeros.tornLine, zeros.wholeBytes], [2, 3, whole.length]);
});

Deno.test("an empty file has no records; Windows line ends are read", () => {
  assert.deepEqual(readJsonl(new Uint8Array(0), "f"), { records: [], wholeBytes: 0, tornLine: null, unended: false });
  assert.deepEqual(readJsonl(encode('{"a":1}\r\n{"a":2}\r\n'), "f").records, [{ a: 1 }, { a: 2 }]);
});

Deno.test("any other bad line is an error with its line and byte", () => {
  const cases: [string | Uint8Array, string][] = [
    ["\n", "an empty line"],
    ["[1]\n", '"[1]"'],
    ["7\n", '"7"'],
    ["null\n", '"null"'],
    ['{"a":1}{"a":2}\n', '"{\\"a\\":1}{\\"a\\":2}"'],
    [join(Uint8Array.of(0xff), encode("\n")), "bytes that are not UTF-8"],
    [`{"a":${"[".repeat(200_000)}\n`, '"{\\"a\\":['],
  ];
  for (const [line, found] of cases) {
    const error = failure(
      join(encode('{"a":0}\n'), typeof line === "string" ? encode(line) : line, encode('{"a":9}\n')),
    );
    assert.deepEqual([error.where, error.line, error.byte], ["m.jsonl", 2, 8]);
    assert.ok(error.found.startsWith(found), error.found);
    assert.ok(error.message.length < 300);
  }
});

Deno.test("2,000 damaged files: read or refused with a FormatError, whole lines before the damage kept", () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 6 }), damages, (records, list) => {
      const damaged = mutate(encode(writeJsonl(records)), list);
      const read = readOrFormatError("m.jsonl", () => readJsonl(damaged, "m.jsonl"));
      if (read === null) return;
      assert.ok(read.wholeBytes <= damaged.length);
      // Cut to its whole bytes, the file reads the same and without a torn line.
      const again = readJsonl(damaged.subarray(0, read.wholeBytes), "m.jsonl");
      assert.deepEqual([again.records, again.tornLine], [read.records, null]);
    }),
    { numRuns: 2000, seed: 6 },
  );
});
