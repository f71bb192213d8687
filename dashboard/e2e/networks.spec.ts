import { describe, expect, test } from "vitest";
import { expectWellMade, required, startBrowser } from "./browser";
import { Caller, newAddress, signIn } from "./people";
import { lht65nFrame, newDevEui } from "./support";

/**
 * Setting up through the API of a network server, in a real browser against a running system: the network servers are
 * those that the system has for whoever has none.
 */
const url = required("FRESHTRACK_URL");
const browser = startBrowser();

/** A key that opens everything at the system's own network servers. */
const API_KEY = "NNSXS.LOCAL.EVERYTHING";

/** What somebody does at the console of the network servers, or a device in its range. */
async function atConsole(method: string, path: string, body?: unknown): Promise<unknown> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${url}/_networks/console/${path}`, { method, ...sent });
  if (!response.ok) throw new Error(`the console answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** A webhook of The Things Stack. */
interface ThingsStackWebhook {
  readonly base_url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly uplink_message: { readonly path: string };
}

/** Where the network server has been told to send the messages of an organization's sensors. */
async function webhookOf(org: string): Promise<ThingsStackWebhook | undefined> {
  const { things_stack } = (await atConsole("GET", "webhooks")) as { things_stack: ThingsStackWebhook[] };
  return things_stack.find(({ base_url, uplink_message }) => `${base_url}${uplink_message.path}`.includes(`/${org}/`));
}

describe("a network server", () => {
  test("is connected and tested, and has the sensor registered, over trouble and on another device", async () => {
    const email = newAddress("connector");
    const ann = await Caller.signedUp(url, email, "Ann Connector");
    const org = await ann.organization("Harbour Bistro", "Old Town");
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
    await page.goto(url);
    await signIn(page, email);
    await page.getByRole("article", { name: "Fridge of Old Town" }).waitFor();
    await page.goto(`${url}/orgs/${org}/setup`);
    const devEui = newDevEui();
    await page.getByLabel("DevEUI, or the text of the QR code").fill(`LW:D0:A840410000000100:${devEui}:00640013:SLHT65N`);
    await page.getByLabel("AppKey (optional)").fill("00112233");
    await page.getByLabel("Model").selectOption("dragino-lht65n");
    await page.getByRole("button", { name: "Save and go on" }).click();
    await page.getByText("An AppKey has 32 digits").waitFor();
    await page.getByLabel("AppKey (optional)").fill("00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF");
    await page.getByRole("button", { name: "Save and go on" }).click();
    await page.getByText("Waiting for the first reading").waitFor();

    // With a key that the server does not know: it is told, and mended.
    await page.getByLabel("The Things Stack").check();
    await expectWellMade(page);
    await page.getByRole("button", { name: "Connect and test" }).click();
    await page.getByText("Please fill this in.").first().waitFor();
    expect(await page.getByLabel("Cluster").inputValue()).toBe("eu1");
    expect(await page.getByLabel("Channel plan").inputValue()).toBe("EU_863_870_TTN");
    await page.getByLabel("Cluster").selectOption("North America (nam1)");
    await page.getByLabel("Application ID").fill("freshtrack-local");
    await page.getByLabel("API key", { exact: true }).fill("NNSXS.UNKNOWN.UNKNOWN");
    await page.getByRole("button", { name: "Connect and test" }).click();
    await page.getByText("The server does not know the API key.").waitFor();
    // Until it can be told where to send its messages, somebody has to tell it.
    const secret = page.locator("code").filter({ hasText: /Bearer ftk_/ });
    const [, key = ""] = /Bearer (ftk_\w+)/.exec(await secret.innerText()) ?? [];
    await expectWellMade(page);
    await page.getByRole("button", { name: "Another API key" }).click();
    const dialog = page.getByRole("dialog", { name: "Another API key" });
    await dialog.getByLabel("API key", { exact: true }).fill(API_KEY);
    await dialog.getByRole("button", { name: "Another API key" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByText("API key ending in HING").waitFor();
    await page.getByRole("button", { name: "Test the connection" }).click();
    await page.getByText("The connection works.").waitFor();
    await page.getByText("The server sends its messages here.").waitFor();
    expect(await page.getByText(key).count()).toBe(0);

    // The server refuses a step: work waits for somebody, who need not be at the same desk.
    await atConsole("POST", "faults", { method: "PUT", path: `/js/applications/freshtrack-local/devices`, status: 403 });
    await page.getByText("The AppKey that ends in EEFF is kept").waitFor();
    await page.getByRole("button", { name: "Register the sensor" }).click();
    await page.locator('[data-job="blocked"]').waitFor();
    await page.getByText("The API key does not allow it.").waitFor();
    const steps = page.getByRole("list", { name: "Steps of the registration" }).getByRole("listitem");
    expect(await steps.filter({ hasText: "(done)" }).count()).toBe(1);
    expect(await steps.count()).toBe(4);
    await expectWellMade(page);
    await page.reload();
    await page.locator('[data-job="blocked"]').waitFor();
    const desk = await browser.newPage({ colorScheme: "dark" });
    await desk.goto(url);
    await signIn(desk, email);
    await desk.getByRole("article", { name: "Fridge of Old Town" }).waitFor();
    await desk.getByRole("link", { name: "Set up" }).click();
    await desk.locator('[data-job="blocked"]').waitFor();
    await desk.getByRole("button", { name: "Try again now" }).click();
    await desk.locator('[data-job="succeeded"]').waitFor();
    await desk.getByText("The server lets the sensor in.").waitFor();
    await expectWellMade(desk);

    // It joins, and is heard by way of the webhook.
    const sent = {
      dev_eui: devEui,
      f_port: 2,
      payload: lht65nFrame(3.21).toString("hex"),
      received_at: new Date().toISOString(),
    };
    await expect.poll(() => webhookOf(org)).toBeDefined();
    const webhook = await webhookOf(org);
    const { message } = (await atConsole("POST", "uplinks", sent)) as { message: unknown };
    const posted = await fetch(`${webhook?.base_url}${webhook?.uplink_message.path}`, {
      method: "POST",
      headers: { ...webhook?.headers, "Content-Type": "application/json" },
      body: JSON.stringify(message),
    });
    expect(posted.status).toBe(200);
    await desk.getByText("It reports. You are done.").waitFor();
    await desk.locator('[data-temperature-c="3.21"]').waitFor();

    // From here on the connection is among the settings, and stays as long as a sensor needs it.
    await desk.goto(`${url}/orgs/${org}/settings/networks`);
    await desk.getByText("The connection works.").waitFor();
    await desk.getByLabel("ChirpStack").waitFor();
    await expectWellMade(desk);
    await desk.getByRole("button", { name: "Remove The Things Stack" }).click();
    const removal = desk.getByRole("dialog", { name: "Remove the connection to The Things Stack?" });
    await removal.getByRole("button", { name: "Remove" }).click();
    await removal.getByText("sensors are registered through this connection").waitFor();
  });

  test("asks for the AppKey again if it was forgotten meanwhile", async () => {
    const email = newAddress("forgetful");
    const ann = await Caller.signedUp(url, email, "Ann Forgetful");
    const org = await ann.organization("Beach Bar", "Sandy");
    const sensor = await ann.create(`/v1/orgs/${org}/sensors`, {
      dev_eui: newDevEui(),
      join_eui: "A840410000000100",
      app_key: "00112233445566778899AABBCCDDEEFF",
      model: "dragino-lht65n",
      unit_id: await ann.firstUnit(org),
    });
    await ann.call("POST", `/v1/orgs/${org}/networks`, {
      name: "Roof",
      server: { kind: "things_stack", address: { sandbox: "nam1" }, application_id: "freshtrack-local" },
      api_key: API_KEY,
    });
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
    await page.goto(url);
    await signIn(page, email);
    await page.getByRole("article", { name: "Fridge of Sandy" }).waitFor();
    await page.getByRole("link", { name: "Set up" }).click();
    await page.getByText("The AppKey that ends in EEFF is kept").waitFor();
    await ann.call("PATCH", `/v1/orgs/${org}/sensors/${sensor}`, { app_key: null });
    await page.getByRole("button", { name: "Register the sensor" }).click();
    await page.getByText("The sensor's AppKey is not known any more.").first().waitFor();
    await page.getByLabel("AppKey", { exact: true }).fill("FFEEDDCCBBAA99887766554433221100");
    await expectWellMade(page);
    await page.getByRole("button", { name: "Register the sensor" }).click();
    await page.locator('[data-job="succeeded"]').waitFor();
  });

  test("that was connected by mistake is removed, and another one is chosen", async () => {
    const email = newAddress("changer");
    const ann = await Caller.signedUp(url, email, "Ann Changer");
    const org = await ann.organization("Corner Shop", "Corner");
    await ann.create(`/v1/orgs/${org}/sensors`, { dev_eui: newDevEui(), model: "dragino-lht65n", unit_id: await ann.firstUnit(org) });
    const page = await browser.newPage();
    await page.goto(url);
    await signIn(page, email);
    await page.getByRole("article", { name: "Fridge of Corner" }).waitFor();
    await page.getByRole("link", { name: "Set up" }).click();
    await page.getByLabel("ChirpStack").check();
    await page.getByLabel("Address of the REST API").fill("https://lorawan.example.com");
    await page.getByLabel("Tenant ID").fill("none");
    for (const name of ["Application ID", "Device profile ID"]) {
      await page.getByLabel(name).fill("17c82e96-be03-4f38-aef3-f83d48582d97");
    }
    await page.getByLabel("API key", { exact: true }).fill("eyJhbGciOiJIUzI1NiJ9.eyJ0eXAiOiJrZXkifQ.c2VjcmV0");
    await page.getByRole("button", { name: "Connect and test" }).click();
    await page.getByText("A UUID looks like").waitFor();
    await page.getByLabel("Tenant ID").fill("52f14cd4-c6f1-4fbd-8f87-4025e1d49242");
    await page.getByRole("button", { name: "Connect and test" }).click();
    await page.getByText("The server does not know the API key.").waitFor();
    await expectWellMade(page);
    await page.getByRole("button", { name: "Remove ChirpStack" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove the connection to ChirpStack?" });
    await dialog.getByRole("button", { name: "Remove" }).click();
    await page.getByLabel("I forward by hand").check();
    await page.getByText("The header needs an access key").waitFor();
  });
});
