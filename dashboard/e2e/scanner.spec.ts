import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectWellMade, required, startBrowser } from "./browser";
import { Caller, newAddress, signIn } from "./people";
import { newDevEui } from "./support";

/** The camera in the sensor step, in a real browser: its picture is a test pattern, so what reads codes in it is stubbed. */
const url = required("FRESHTRACK_URL");
const browser = startBrowser("--use-fake-device-for-media-stream");

/** What the page finds of the world outside of it. */
interface Outside {
  /** What the next picture shows. */
  code: string | undefined;
  /** Every stream that was opened. */
  streams: MediaStream[];
}

/** A page on the step that asks for a sensor. Its browser reads codes from the camera. */
async function atSensorStep(permissions: string[]): Promise<Page> {
  const email = newAddress("scanner");
  const ann = await Caller.signedUp(url, email, "Ann Scanner");
  await ann.organization("Harbour Bistro", "Old Town");
  const page = await browser.newPage({ viewport: { width: 360, height: 740 }, permissions });
  await page.addInitScript(() => {
    const outside: Outside = { code: undefined, streams: [] };
    class StubbedDetector {
      static getSupportedFormats = async () => ["qr_code"];
      detect = async () => (outside.code === undefined ? [] : [{ rawValue: outside.code }]);
    }
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      outside.streams.push(stream);
      return stream;
    };
    Object.assign(window, { BarcodeDetector: StubbedDetector, outside });
  });
  await page.goto(url);
  await signIn(page, email);
  await page.getByRole("article", { name: "Fridge of Old Town" }).waitFor();
  await page.getByRole("link", { name: "Set up" }).click();
  await page.getByLabel("DevEUI, or the text of the QR code").waitFor();
  return page;
}

async function show(page: Page, code: string | undefined): Promise<void> {
  await page.evaluate((code) => {
    (window as unknown as { outside: Outside }).outside.code = code;
  }, code);
}

/** How many of the camera's pictures still run, and how many there were. */
async function streams(page: Page): Promise<{ running: number; opened: number }> {
  return page.evaluate(() => {
    const { streams } = (window as unknown as { outside: Outside }).outside;
    const tracks = streams.flatMap((stream) => stream.getTracks());
    return { running: tracks.filter(({ readyState }) => readyState === "live").length, opened: streams.length };
  });
}

describe("the camera", () => {
  test("reads the label, and is let go of as soon as it is not needed", async () => {
    const page = await atSensorStep(["camera"]);
    await page.getByRole("button", { name: "Scan the QR code" }).click();
    await page.getByText("Hold the QR code of the sensor's label into the picture.").waitFor();
    await expect.poll(() => streams(page)).toEqual({ running: 1, opened: 1 });
    await expectWellMade(page);
    await show(page, "https://example.com/manual");
    await page.getByText("This is not the QR code of a LoRaWAN sensor.").waitFor();
    const devEui = newDevEui();
    const label = `LW:D0:A840410000000100:${devEui}:00640013:SLHT65N`;
    await show(page, label);
    const field = page.getByLabel("DevEUI, or the text of the QR code");
    await expect.poll(() => field.inputValue()).toBe(label);
    await page.getByText("The QR code was read.").waitFor();
    await expect.poll(() => streams(page)).toEqual({ running: 0, opened: 1 });
    await expectWellMade(page);

    // Stopped by hand, and by leaving the page.
    await show(page, undefined);
    await page.getByRole("button", { name: "Scan the QR code" }).click();
    await expect.poll(() => streams(page)).toEqual({ running: 1, opened: 2 });
    await page.getByRole("button", { name: "Stop the camera" }).click();
    await expect.poll(() => streams(page)).toEqual({ running: 0, opened: 2 });
    await page.getByRole("button", { name: "Scan the QR code" }).click();
    await expect.poll(() => streams(page)).toEqual({ running: 1, opened: 3 });
    await page.getByRole("link", { name: "Later" }).click();
    await page.getByRole("article", { name: "Fridge of Old Town" }).waitFor();
    await expect.poll(() => streams(page)).toEqual({ running: 0, opened: 3 });
  });

  test("may be refused, and the DevEUI typed", async () => {
    const page = await atSensorStep([]);
    await page.getByRole("button", { name: "Scan the QR code" }).click();
    await page.getByText("The camera may not be used here.").waitFor();
    await expectWellMade(page);
    await page.getByLabel("DevEUI, or the text of the QR code").fill(newDevEui());
    await page.getByLabel("Model").selectOption("dragino-lht65n");
    await page.getByRole("button", { name: "Save and go on" }).click();
    await page.getByText("Waiting for the first reading").waitFor();
  });

  test("is not offered where the browser reads no codes", async () => {
    const email = newAddress("typist");
    const ann = await Caller.signedUp(url, email, "Ann Typist");
    await ann.organization("Corner Shop", "Corner");
    const page = await browser.newPage();
    await page.addInitScript(() => Object.assign(window, { BarcodeDetector: undefined }));
    await page.goto(url);
    await signIn(page, email);
    await page.getByRole("article", { name: "Fridge of Corner" }).waitFor();
    await page.getByRole("link", { name: "Set up" }).click();
    await page.getByLabel("DevEUI, or the text of the QR code").waitFor();
    await page.getByLabel("Model").waitFor();
    expect(await page.getByRole("button", { name: "Scan the QR code" }).count()).toBe(0);
  });
});
