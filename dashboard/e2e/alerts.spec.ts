import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectWellMade, required, startBrowser } from "./browser";
import { Caller, newAddress, signIn } from "./people";
import { lht65nFrame, newDevEui, postUplink } from "./support";

/** What people do about alerts, in a real browser against a running system. */
const url = required("FRESHTRACK_URL");
const browser = startBrowser();

/** An organization with one fridge, whose sensor measures what it is told. */
async function fridge(owner: Caller): Promise<{ org: string; measure: (celsius: number) => Promise<void> }> {
  const org = await owner.organization("Harbour Bistro", "Old Town");
  const devEui = newDevEui();
  const unit_id = await owner.firstUnit(org);
  await owner.create(`/v1/orgs/${org}/sensors`, { dev_eui: devEui, model: "dragino-lht65n", unit_id });
  const key = (await owner.call("POST", `/v1/orgs/${org}/access-keys`, { name: "Network", rights: ["ingest"] })) as {
    secret: string;
  };
  return { org, measure: (celsius) => postUplink({ url, org, ingestKey: key.secret, devEui }, lht65nFrame(celsius)) };
}

async function open(email: string, width: number, colorScheme: "light" | "dark"): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 740 }, colorScheme });
  await page.goto(url);
  await signIn(page, email);
  // The only organization there is.
  await page.locator('[data-connection="live"]').waitFor();
  return page;
}

describe("an alert", () => {
  test("is seen, put off, and signed off after the unit has recovered", async () => {
    const [owner, cook] = [newAddress("owner"), newAddress("cook")];
    const ann = await Caller.signedUp(url, owner, "Ann Owner");
    const bob = await Caller.signedUp(url, cook, "Bob Cook");
    const { org, measure } = await fridge(ann);
    await ann.admit(org, bob, cook, "staff");
    const desk = await open(owner, 1280, "light");
    const phone = await open(cook, 360, "dark");
    const openAlerts = (page: Page) => page.getByRole("region", { name: /^Open alerts/ }).getByRole("listitem");
    const toSign = (page: Page) => page.getByRole("region", { name: /^To be signed/ }).getByRole("listitem");

    await measure(12);
    await openAlerts(phone).waitFor();
    await expectWellMade(phone);
    // A cook sees and puts off; what became of it is for whoever runs the site.
    expect(await openAlerts(phone).getByRole("button", { name: /^Sign off/ }).count()).toBe(0);
    await openAlerts(phone).getByRole("button", { name: /^Put off/ }).click();
    const dialog = phone.getByRole("dialog", { name: "Put off this alert" });
    await expectWellMade(phone);
    await dialog.getByLabel("15 minutes").check();
    await dialog.getByRole("button", { name: "Put off" }).click();
    await openAlerts(phone).getByText(/^Put off until/).waitFor();
    await openAlerts(desk).getByText(/^Put off until/).waitFor();
    await openAlerts(phone).getByRole("button", { name: /^Acknowledge/ }).click();
    await openAlerts(phone).getByText(/^Seen by you/).waitFor();
    expect(await openAlerts(phone).getByRole("button", { name: /^Acknowledge/ }).count()).toBe(0);
    await openAlerts(desk).getByText(/^Seen by Bob Cook/).waitFor();
    await expectWellMade(phone);
    await expectWellMade(desk);

    // Signed while it lasted, it asks for nothing more when it is over.
    await measure(2);
    await openAlerts(desk).waitFor({ state: "hidden" });
    await toSign(desk).waitFor({ state: "hidden" });

    // One that nobody saw does, also over a reload.
    await measure(13);
    await openAlerts(desk).waitFor();
    await measure(2);
    await toSign(desk).waitFor();
    await toSign(phone).getByRole("button", { name: /^Sign as seen/ }).waitFor();
    await desk.reload();
    await toSign(desk).getByRole("button", { name: /^Sign off/ }).click();
    const resolve = desk.getByRole("dialog", { name: "What became of this alert?" });
    await resolve.getByRole("button", { name: "Sign off" }).click();
    await resolve.getByText("Please fill this in.").waitFor();
    await expectWellMade(desk);
    await resolve.getByLabel("What was found").fill("The door was open for a delivery.");
    await resolve.getByRole("button", { name: "Sign off" }).click();
    await toSign(desk).waitFor({ state: "hidden" });
    await toSign(phone).waitFor({ state: "hidden" });
    await expectWellMade(desk);
  });
});
