import assert from "node:assert/strict";
import { devicesUnderTest, testOnDevices } from "./devices.ts";

testOnDevices("a device keeps what is written", async (_t, device) => {
  const buffer = device.buffer(8, "two numbers");
  device.write(buffer, Float32Array.of(3, 4));
  assert.deepEqual([...new Float32Array(await device.read(buffer))], [3, 4]);
  buffer.dispose();
});

testOnDevices("tests of a file share a device", async (_t, device) => {
  const all = await devicesUnderTest();
  assert.ok(all.some((other) => other.device === device));
});
