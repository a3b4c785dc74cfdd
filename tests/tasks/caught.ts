/** Runs something that prints, and returns what it printed. */
export async function caught(work: () => Promise<number>): Promise<{ code: number; out: string; err: string }> {
  const { log, error } = console;
  let out = "", err = "";
  console.log = (...parts: unknown[]) => void (out += parts.join(" ") + "\n");
  console.error = (...parts: unknown[]) => {
    err += parts.map((p) => p instanceof Error ? p.stack : p).join(" ") + "\n";
  };
  try {
    return { code: await work(), out, err };
  } finally {
    [console.log, console.error] = [log, error];
  }
}
