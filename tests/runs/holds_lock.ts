/** Started by lock_test.ts: takes the lock of the folder given and keeps it until it is killed. */
import { lockRun } from "../../lib/runs/lock.ts";

await lockRun(Deno.args[0]);
console.log("held");
setInterval(() => {}, 1000);
