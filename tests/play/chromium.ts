/** A headless Chromium for tests of pages; tests that need one are skipped by name where there is none. */
import { type Browser, chromium, type Page } from "playwright-core";

const PLACES = [
  Deno.env.get("TESSERA_CHROMIUM"),
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const executable = PLACES.filter((path) => path !== undefined).find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

/** A page, and everything that went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors of scripts, of the console, and of requests. */
  readonly errors: readonly string[];
}

/** Opens a page and waits until an element is there; default: until a page of `deno task play` has its first picture. */
export type Open = (url: string, ready?: string) => Promise<WatchedPage>;

/** Registers a test with a page of its own. */
export function testInChromium(name: string, run: (open: Open) => Promise<void>): void {
  Deno.test({
    name: `${name} [${executable === undefined ? "Chromium: not on this machine" : "Chromium"}]`,
    ignore: executable === undefined,
    // Playwright keeps a pipe and timers of its own.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const browser = await chromium.launch({ executablePath: executable!, args: ["--no-sandbox"] });
      try {
        await run((url, ready = "body[data-state=open] #facts dd") => watched(browser, url, ready));
      } finally {
        await browser.close();
      }
    },
  });
}

async function watched(browser: Browser, url: string, ready: string): Promise<WatchedPage> {
  const page = await browser.newPage(), errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) errors.push(message.text());
  });
  page.on("requestfailed", (request) => errors.push(`${request.url()} failed`));
  await page.goto(url);
  await page.waitForSelector(ready);
  return { page, errors };
}

/** All pixels of a canvas, as text that can be compared. */
export function pixels(page: Page, selector: string): Promise<string> {
  return page.locator(selector).evaluate((canvas) => (canvas as unknown as { toDataURL(): string }).toDataURL());
}
