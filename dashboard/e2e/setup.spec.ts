import { describe, expect, test } from "vitest";
import { horizontalScroll, required, smallTargets, startBrowser, violations } from "./browser";
import { newAddress, signIn, signUp } from "./people";
import { lht65nFrame, newDevEui, postUplink, temperatureText } from "./support";

/** From a new account to a temperature on the page, in a real browser against a running system. */
const url = required("FRESHTRACK_URL");
const browser = startBrowser();

describe("setting up", () => {
  test("leads from nothing to a live temperature, over a reload and on another device", async () => {
    const email = newAddress("founder");
    const page = await browser.newPage();
    const wellMade = async (): Promise<void> => {
      expect(await violations(page)).toEqual([]);
      expect(await horizontalScroll(page)).toBe(0);
      expect(await smallTargets(page)).toEqual([]);
    };
    await signUp(page, url, email);
    await signIn(page, email);

    await page.getByRole("heading", { name: "New organization" }).waitFor();
    const slug = `harbour-${crypto.randomUUID().slice(0, 8)}`;
    await page.getByLabel("Name of the organization").fill("Harbour Bistro");
    await page.getByLabel("Short name").fill("Not One");
    await page.getByText("lower-case letters").waitFor();
    await page.getByLabel("Short name").fill(slug);
    await page.getByText(`“${slug}” is free.`).waitFor();
    await page.getByLabel("Time zone").selectOption("Europe/Vienna");
    await page.getByLabel("Degrees Celsius").check();
    await wellMade();
    await page.getByRole("button", { name: "Save and go on" }).click();

    await page.getByLabel("Name of the site").fill("Old Town");
    await wellMade();
    await page.getByRole("button", { name: "Save and go on" }).click();
    await page.getByLabel("Name of the area").waitFor();
    // What was saved is not asked again.
    await page.reload();
    await page.getByLabel("Name of the area").fill("Kitchen");
    await wellMade();
    await page.getByRole("button", { name: "Save and go on" }).click();
    await page.getByLabel("Name of the unit").waitFor();

    // On with a phone.
    const phone = await browser.newPage({ viewport: { width: 360, height: 740 }, colorScheme: "dark" });
    await phone.goto(url);
    await signIn(phone, email);
    await phone.getByLabel("Name of the unit").fill("Fridge by the door");
    await phone.getByLabel("Kind").selectOption("Fridge");
    expect(await violations(phone)).toEqual([]);
    expect(await horizontalScroll(phone)).toBe(0);
    expect(await smallTargets(phone)).toEqual([]);
    await phone.getByRole("button", { name: "Save and go on" }).click();
    const label = phone.getByLabel("DevEUI, or the text of the QR code");
    await label.fill("not a DevEUI");
    await phone.getByRole("button", { name: "Save and go on" }).click();
    await phone.getByText("A DevEUI has 16 digits").waitFor();
    expect(await violations(phone)).toEqual([]);

    // And back at the desk: the text of the label's QR code, for a Dragino LHT65N.
    const devEui = newDevEui();
    await page.reload();
    await page.getByLabel("DevEUI, or the text of the QR code").fill(`LW:D0:A840410000000100:${devEui}:00640013:SLHT65N`);
    await page.getByLabel("Model").selectOption("dragino-lht65n");
    await wellMade();
    await page.getByRole("button", { name: "Save and go on" }).click();
    await page.getByText("Waiting for the first reading").waitFor();
    await page.getByLabel("I forward by hand").check();
    await page.getByRole("button", { name: "Create a key" }).click();
    await page.getByText("The key is shown this once.").waitFor();
    await wellMade();
    const [, ingestKey = ""] = /Bearer (ftk_\w+)/.exec(await page.locator("main").innerText()) ?? [];
    const [, org = ""] = /\/orgs\/(org_\w+)\//.exec(page.url()) ?? [];
    await page.reload();
    await page.getByText("Waiting for the first reading").waitFor();
    expect(await page.getByText(ingestKey).count()).toBe(0);
    await page.locator('[data-connection="live"]').waitFor();

    await postUplink({ url, org, ingestKey, devEui }, lht65nFrame(3.21));
    await page.getByText("It reports. You are done.").waitFor();
    await page.locator('[data-temperature-c="3.21"]').waitFor();
    await wellMade();
    await page.getByRole("link", { name: "To the overview" }).click();
    await page.getByRole("article", { name: "Fridge by the door" }).getByText(temperatureText(3.21)).waitFor();

    // The next one comes by itself, by the socket that a person's ticket opened.
    await postUplink({ url, org, ingestKey, devEui }, lht65nFrame(4.32));
    await page.getByRole("article", { name: "Fridge by the door" }).locator('[data-temperature-c="4.32"]').waitFor();
    await wellMade();

    // A DevEUI is one sensor's.
    await phone.getByLabel("DevEUI, or the text of the QR code").fill(devEui);
    await phone.getByLabel("Model").selectOption("dragino-lht65n");
    await phone.getByRole("button", { name: "Save and go on" }).click();
    await expect.poll(() => phone.locator("main").innerText()).toMatch(/already|registered|taken/);
  });
});
