import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { horizontalScroll, required, smallTargets, startBrowser, violations } from "./browser";
import { lht65nFrame, postUplink, temperatureText } from "./support";

/**
 * The page in a real browser against a running system, named by the environment: an organization that the system
 * demonstrates, a key that may read it, a key that may ingest, and a fridge with a Dragino LHT65N.
 */
const system = {
  url: required("FRESHTRACK_URL"),
  org: required("FRESHTRACK_ORG"),
  readKey: required("FRESHTRACK_READ_KEY"),
  ingestKey: required("FRESHTRACK_INGEST_KEY"),
  devEui: required("FRESHTRACK_DEV_EUI"),
  unitName: required("FRESHTRACK_UNIT_NAME"),
};

const browser = startBrowser();

interface Look {
  readonly width: number;
  readonly colorScheme?: "light" | "dark";
}

async function openPage({ width, colorScheme = "light" }: Look): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  await page.goto(`${system.url}/#org=${system.org}&key=${system.readKey}`);
  await page.locator('[data-connection="live"]').waitFor();
  return page;
}

/** The unit's temperature as `data-temperature-c` tells it: what the page shows, before rounding and units. */
async function shownTemperature(page: Page): Promise<number> {
  const value = page.getByRole("article", { name: system.unitName, exact: true }).locator("[data-temperature-c]");
  return (await value.count()) === 0 ? Number.NaN : Number(await value.getAttribute("data-temperature-c"));
}

/** Posts a frame with a temperature that the page does not show yet, and waits until it does. */
async function expectNextFrameShown(page: Page): Promise<void> {
  const celsius = (await shownTemperature(page)) === 3.21 ? 4.32 : 3.21;
  await postUplink(system, lht65nFrame(celsius));
  await page
    .getByRole("article", { name: system.unitName, exact: true })
    .locator(`[data-temperature-c="${celsius}"]`)
    .filter({ hasText: temperatureText(celsius) })
    .waitFor();
}

/** How many readings the table beside a unit's trace counts. */
async function readingsInTable(page: Page): Promise<number> {
  const counts = page.getByRole("table", { name: "Readings by the hour" }).locator("tbody td:last-child");
  return (await counts.allInnerTexts()).reduce((sum, count) => sum + Number(count), 0);
}

describe("the live page", () => {
  test("shows the temperature of a frame that was posted to the webhook, without a reload", async () => {
    const page = await openPage({ width: 1280 });
    await page.evaluate(() => {
      (window as unknown as { sameDocument: boolean }).sameDocument = true;
    });
    await expectNextFrameShown(page);
    expect(await page.evaluate(() => (window as unknown as { sameDocument?: boolean }).sameDocument)).toBe(true);
  });

  test("takes the access key out of the address bar and keeps it over a reload", async () => {
    const page = await openPage({ width: 1280 });
    expect(page.url()).not.toContain(system.readKey);
    await page.reload();
    await page.getByRole("article", { name: system.unitName, exact: true }).waitFor();
  });

  test("leads a stranger to what the system demonstrates", async () => {
    const page = await browser.newPage();
    await page.goto(system.url);
    const link = page.locator(`section a[href*="${system.org}"]`);
    await link.waitFor();
    expect(await violations(page)).toEqual([]);
    await link.click();
    await page.locator('[data-connection="live"]').waitFor();
    await page.getByRole("article", { name: system.unitName, exact: true }).waitFor();
  });

  test("shows an alert while a unit is too warm, and no longer", async () => {
    const page = await openPage({ width: 1280 });
    const alert = page.getByRole("region", { name: /^Open alerts/ }).getByRole("link", { name: system.unitName, exact: true });
    const card = page.getByRole("article", { name: system.unitName, exact: true });
    await postUplink(system, lht65nFrame(12.3));
    await alert.waitFor();
    await card.getByText("Out of range", { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await postUplink(system, lht65nFrame(2.1));
    await alert.waitFor({ state: "hidden" });
    await card.getByText("Out of range", { exact: true }).waitFor({ state: "hidden" });
  });

  test("appends what comes in to the trace of a unit", async () => {
    const page = await openPage({ width: 1280 });
    await page.getByRole("link", { name: system.unitName, exact: true }).first().click();
    await page.getByRole("heading", { level: 2, name: system.unitName, exact: true }).waitFor();
    await expectNextFrameShown(page);
    await page.locator(".uplot canvas").waitFor();
    await page.getByText("Loading…").waitFor({ state: "hidden" });
    const before = await readingsInTable(page);
    await expectNextFrameShown(page);
    await expect.poll(() => readingsInTable(page)).toBeGreaterThan(before);
  });

  test("catches up with what happened while there was no network", async () => {
    const page = await openPage({ width: 1280 });
    const celsius = (await shownTemperature(page)) === 2.98 ? 1.87 : 2.98;
    await page.context().setOffline(true);
    await page.locator('[data-connection="offline"]').waitFor();
    await postUplink(system, lht65nFrame(celsius));
    await page.context().setOffline(false);
    await page.locator('[data-connection="live"]').waitFor();
    await page
      .getByRole("article", { name: system.unitName, exact: true })
      .locator(`[data-temperature-c="${celsius}"]`)
      .waitFor();
  });

  test("switches between Celsius and Fahrenheit", async () => {
    const page = await openPage({ width: 1280 });
    await expectNextFrameShown(page);
    const celsius = await shownTemperature(page);
    await page.getByText("°F", { exact: true }).first().click();
    await page
      .getByRole("article", { name: system.unitName, exact: true })
      .getByText(temperatureText(celsius * 1.8 + 32), { exact: false })
      .first()
      .waitFor();
  });

  test("refuses a key that is not known, in words", async () => {
    const page = await browser.newPage();
    const unknown = `ftk_${"a".repeat(8)}_${"b".repeat(32)}`;
    await page.goto(`${system.url}/#org=${system.org}&key=${unknown}`);
    await page.getByRole("alert").filter({ hasText: "not accepted" }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test.each<Look>([
    { width: 1280, colorScheme: "light" },
    { width: 1280, colorScheme: "dark" },
    { width: 360, colorScheme: "light" },
  ])("fits $width px and is accessible in $colorScheme", async (look) => {
    const page = await openPage(look);
    await page.getByRole("article").first().waitFor();
    expect(await horizontalScroll(page)).toBe(0);
    expect(await violations(page)).toEqual([]);

    await page.getByRole("link", { name: system.unitName, exact: true }).first().click();
    await expectNextFrameShown(page);
    await page.getByRole("table", { name: "Readings by the hour" }).waitFor();
    expect(await horizontalScroll(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
  });

  test("gives everything that is pressed 44 px at 360 px", async () => {
    const page = await openPage({ width: 360 });
    await page.getByRole("article").first().waitFor();
    expect(await smallTargets(page)).toEqual([]);
  });
});
