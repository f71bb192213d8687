import axe from "axe-core";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";

/** What the environment says of the system under test. */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
}

/** A browser for the tests of a file, with `args` beside the usual ones. Each test has contexts of its own, which end with it. */
export function startBrowser(...args: readonly string[]): { newPage(options?: BrowserContextOptions): Promise<Page> } {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        ...args,
      ],
    });
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  afterAll(async () => {
    await browser.close();
  });

  return {
    async newPage(options) {
      const context = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce", ...options });
      context.setDefaultTimeout(30_000);
      return context.newPage();
    },
  };
}

/** That whoever reads it in whatever way can use the page as it is now. */
export async function expectWellMade(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([]);
  expect(await horizontalScroll(page)).toBe(0);
  expect(await smallTargets(page)).toEqual([]);
}

/** How many pixels of the page lie beyond its right edge. */
export async function horizontalScroll(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** What axe-core finds serious or critical, but for the rule `except`, in a form that a failed assertion prints well. */
export async function violations(page: Page, except?: string): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async (except) => {
    const { axe: loaded } = window as unknown as { axe: typeof axe };
    const results = await loaded.run({ rules: except === undefined ? {} : { [except]: { enabled: false } } });
    return results.violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.map((node) => node.html) }));
  }, except);
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, where }) => `${id}: ${where.join(" ")}`);
}

/** What is pressed and smaller than 44 px, apart from links within a text. */
export async function smallTargets(page: Page): Promise<string[]> {
  const targets = page.locator("button:visible, input:not([type=radio]):not([type=checkbox]):visible, select:visible, fieldset label:visible");
  const small: string[] = [];
  for (const target of await targets.all()) {
    const box = await target.boundingBox();
    if (Math.min(box?.width ?? 0, box?.height ?? 0) < 44) small.push(await target.evaluate((element) => element.outerHTML));
  }
  return small;
}
