import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectWellMade, required, startBrowser, violations } from "./browser";
import { Caller, newAddress, signIn } from "./people";

/** What an owner sees to, in a real browser against a running system. */
const url = required("FRESHTRACK_URL");
const browser = startBrowser();

/** A page of whoever has the address, as they find it when they sign in. */
async function signedIn(email: string, width = 1280): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 800 }, permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto(url);
  await signIn(page, email);
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  return page;
}

/** Goes to a page of the settings. */
async function openSettings(page: Page, section: string): Promise<void> {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Settings" }).click();
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: section }).click();
  await page.getByRole("heading", { level: 2, name: section, exact: true }).first().waitFor();
}

describe("an owner", () => {
  test("hands the organization on, and is its administrator from then on", async () => {
    const [owner, heir] = [newAddress("owner"), newAddress("heir")];
    const ann = await Caller.signedUp(url, owner, "Ann Owner");
    const bob = await Caller.signedUp(url, heir, "Bob Heir");
    const org = await ann.organization("Harbour Bistro", "Old Town");
    const page = await signedIn(owner);
    await openSettings(page, "Organization");
    await page.getByText("There is nobody else here to hand it to.").waitFor();
    await ann.admit(org, bob, heir, "manager");
    await page.reload();

    // Whoever is the only owner cannot go before.
    await page.getByRole("link", { name: "Profile" }).click();
    await page.getByRole("button", { name: "Delete my account" }).click();
    const goodbye = page.getByRole("dialog", { name: "Delete your account for good?" });
    await goodbye.getByRole("textbox").fill(owner);
    await goodbye.getByRole("button", { name: "Delete my account" }).click();
    await goodbye.getByText('You are the only owner of "Harbour Bistro".').waitFor();
    await goodbye.getByRole("button", { name: "Cancel" }).click();
    await page.goto(`${url}/orgs/${org}/settings`);

    await page.getByRole("button", { name: "Hand it on" }).click();
    const dialog = page.getByRole("dialog", { name: "Hand on Harbour Bistro?" });
    await expectWellMade(page);
    await dialog.getByRole("button", { name: "Hand it on" }).click();
    await dialog.getByText("Please fill this in.").first().waitFor();
    await dialog.getByLabel("New owner").selectOption("Bob Heir (Manager)");
    await dialog.getByRole("textbox").fill("Harbour");
    await dialog.getByRole("button", { name: "Hand it on" }).click();
    await dialog.getByText("This is not “Harbour Bistro”.").waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("textbox").fill("Harbour Bistro");
    await dialog.getByRole("button", { name: "Hand it on" }).click();
    await page.getByRole("heading", { name: "People", exact: true }).waitFor();
    await page.getByRole("listitem").filter({ hasText: "Bob Heir" }).filter({ hasText: "Owner" }).waitFor();

    // What is the owner's is no more in sight.
    await openSettings(page, "Organization");
    await page.getByLabel("Name of the organization").waitFor();
    await expect.poll(() => page.getByRole("button", { name: "Delete the organization" }).count()).toBe(0);
    expect(await page.getByRole("button", { name: "Hand it on" }).count()).toBe(0);
  });

  test("renames the organization, and is told when somebody else was faster", async () => {
    const owner = newAddress("owner");
    const ann = await Caller.signedUp(url, owner, "Ann Owner");
    const org = await ann.organization("Harbour Bistro", "Old Town");
    const page = await signedIn(owner, 360);
    await openSettings(page, "Organization");
    const name = page.getByLabel("Name of the organization");
    await name.fill("Harbour Bistro & Bar");
    await page.getByLabel("Short name").fill("Not One");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect.poll(() => page.getByLabel("Short name").getAttribute("aria-invalid")).toBe("true");
    await expectWellMade(page);
    await page.getByLabel("Short name").fill(`harbour-${crypto.randomUUID().slice(0, 8)}`);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved.").waitFor();
    await page.getByRole("heading", { level: 1, name: "Harbour Bistro & Bar" }).waitFor();

    await ann.call("PATCH", `/v1/orgs/${org}`, { name: "Harbour House" });
    await name.fill("Harbour Hall");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Somebody changed this meanwhile.").waitFor();
    await expect.poll(() => name.inputValue()).toBe("Harbour House");
    await expectWellMade(page);
  });

  test("alone sees the settings: whoever may set nothing is led to the overview", async () => {
    const [owner, guest] = [newAddress("owner"), newAddress("viewer")];
    const ann = await Caller.signedUp(url, owner, "Ann Owner");
    const vic = await Caller.signedUp(url, guest, "Vic Viewer");
    const org = await ann.organization("Harbour Bistro", "Old Town");
    await ann.admit(org, vic, guest, "viewer");
    const page = await signedIn(guest);
    await page.getByRole("article", { name: "Fridge of Old Town" }).waitFor();
    const pages = page.getByRole("navigation", { name: "Pages" });
    await pages.getByRole("link", { name: "People" }).waitFor();
    expect(await pages.getByRole("link", { name: "Settings" }).count()).toBe(0);
    for (const section of ["", "/organization", "/places", "/networks", "/keys", "/support"]) {
      await page.goto(`${url}/orgs/${org}/settings${section}`);
      await page.getByRole("article", { name: "Fridge of Old Town" }).waitFor();
    }
  });

  test("deletes the organization and restores it", async () => {
    const owner = newAddress("owner");
    const ann = await Caller.signedUp(url, owner, "Ann Owner");
    await ann.organization("Corner Shop", "Corner");
    const page = await signedIn(owner, 360);
    await openSettings(page, "Organization");
    await expectWellMade(page);
    await page.getByRole("button", { name: "Delete the organization" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete Corner Shop?" });
    await dialog.getByText("For 30 days you can restore it").waitFor();
    await expectWellMade(page);
    await dialog.getByRole("textbox").fill("Corner Shop");
    await dialog.getByRole("button", { name: "Delete the organization" }).click();

    await page.getByRole("heading", { name: "Deleted organizations" }).waitFor();
    await page.getByText("You belong to no organization yet.").waitFor();
    // Whoever comes back later is asked for a new organization, and finds the one that was deleted beside that.
    await page.goto(url);
    await page.getByRole("heading", { name: "New organization" }).waitFor();
    await page.getByText("can be restored until").waitFor();
    await expectWellMade(page);
    await page.getByRole("button", { name: "Restore Corner Shop" }).click();
    const restore = page.getByRole("dialog", { name: "Restore Corner Shop?" });
    await restore.getByLabel("Short name").fill("Not One");
    await restore.getByRole("button", { name: "Restore" }).click();
    await expect.poll(() => restore.getByLabel("Short name").getAttribute("aria-invalid")).toBe("true");
    await restore.getByLabel("Short name").fill(`corner-${crypto.randomUUID().slice(0, 8)}`);
    await restore.getByRole("button", { name: "Restore" }).click();
    await page.getByText("Corner Shop is back.").waitFor();
    await page.getByRole("link", { name: "Open Corner Shop" }).click();
    await page.getByRole("article", { name: "Fridge of Corner" }).waitFor();
  });

  test("deletes the account, and with it the organization that nobody else is in", async () => {
    const email = newAddress("leaver");
    const ann = await Caller.signedUp(url, email, "Ann Leaver");
    await ann.organization("Last Bar", "Shore");
    const page = await signedIn(email);
    await page.goto(`${url}/profile`);
    await page.getByRole("button", { name: "Delete my account" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete your account for good?" });
    await dialog.getByRole("textbox").fill("somebody@example.com");
    await dialog.getByRole("button", { name: "Delete my account" }).click();
    await dialog.getByText(`This is not “${email}”.`).waitFor();
    await expectWellMade(page);
    await dialog.getByRole("textbox").fill(email);
    await dialog.getByRole("button", { name: "Delete my account" }).click();
    await page.getByText("Your account is deleted.").waitFor();
    await signIn(page, email);
    await page.getByRole("alert").filter({ hasText: "wrong" }).waitFor();
  });
});

describe("places", () => {
  test("are deleted, restored with all they had, and removed for good", async () => {
    const owner = newAddress("owner");
    const ann = await Caller.signedUp(url, owner, "Ann Owner");
    const org = await ann.organization("Harbour Bistro", "Old Town", "Marina");
    const page = await signedIn(owner, 360);
    await openSettings(page, "Places");
    await page.getByText("Nothing was deleted.").waitFor();
    await expectWellMade(page);
    await page.getByRole("button", { name: "Delete Marina" }).click();
    await page.getByRole("dialog", { name: "Delete Marina?" }).getByRole("button", { name: "Delete" }).click();
    await page.getByText("Marina is deleted.").waitFor();
    await page.getByRole("button", { name: "Delete Fridge of Old Town" }).click();
    await page.getByRole("dialog", { name: "Delete Fridge of Old Town?" }).getByRole("button", { name: "Delete" }).click();
    await page.getByText("Fridge of Old Town is deleted.").waitFor();

    const deleted = page.getByRole("list", { name: "Deleted" });
    // The units of a deleted site are in it, and are not listed for themselves.
    await expect.poll(() => deleted.getByRole("listitem").count()).toBe(2);
    await deleted.getByText("Unit, Kitchen, Old Town").waitFor();
    await expectWellMade(page);
    await page.getByRole("button", { name: "Restore Marina" }).click();
    await page.getByRole("dialog", { name: "Restore Marina?" }).getByRole("button", { name: "Restore" }).click();
    await page.getByText("Marina is back.").waitFor();

    await page.getByRole("button", { name: "Remove for good Fridge of Old Town" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove Fridge of Old Town for good?" });
    await dialog.getByRole("textbox").fill("Fridge of Old Town");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    // What was typed before does not count: it is asked anew.
    await page.getByRole("button", { name: "Remove for good Fridge of Old Town" }).click();
    await dialog.getByRole("button", { name: "Remove for good" }).click();
    await dialog.getByText("Please fill this in.").waitFor();
    await dialog.getByRole("textbox").fill("Fridge of Old Town");
    await dialog.getByRole("button", { name: "Remove for good" }).click();
    await page.getByText("Fridge of Old Town is removed.").waitFor();
    await page.getByText("Nothing was deleted.").waitFor();

    await page.goto(`${url}/orgs/${org}`);
    await page.getByRole("article", { name: "Fridge of Marina" }).waitFor();
    expect(await page.getByRole("article", { name: "Fridge of Old Town" }).count()).toBe(0);
  });
});

describe("access keys", () => {
  test("are created, rotated and revoked; their secrets are shown once", async () => {
    const owner = newAddress("owner");
    const ann = await Caller.signedUp(url, owner, "Ann Owner");
    const org = await ann.organization("Harbour Bistro", "Old Town");
    const reads = async (secret: string): Promise<number> => {
      const headers = { Authorization: `Bearer ${secret}` };
      return (await fetch(`${url}/v1/orgs/${org}/overview`, { headers })).status;
    };
    const page = await signedIn(owner);
    await openSettings(page, "Access keys");
    await page.getByText("There are no access keys.").waitFor();
    await page.getByLabel("Name").fill("Screen on the wall");
    await page.getByRole("button", { name: "Create the key" }).click();
    await page.getByText("Choose at least one.").waitFor();
    expect(await page.getByRole("checkbox", { name: "Manage people" }).count()).toBe(0);
    await page.getByRole("checkbox", { name: "Send readings" }).check();
    await page.getByLabel("Only some sites").check();
    await page.getByRole("checkbox", { name: "Old Town" }).check();
    await page.getByRole("button", { name: "Create the key" }).click();
    await page.getByText("A key that sends readings is for all sites").waitFor();
    await expectWellMade(page);
    await page.getByRole("checkbox", { name: "Send readings" }).uncheck();
    await page.getByRole("checkbox", { name: "See everything" }).check();
    await page.getByLabel("It ends by itself").selectOption("After 30 days");
    await page.getByRole("button", { name: "Create the key" }).click();

    await page.getByRole("heading", { name: "The secret of Screen on the wall" }).waitFor();
    const shown = page.locator("code").filter({ hasText: /^ftk_\w+$/ });
    const first = await shown.innerText();
    await page.getByRole("button", { name: "Copy the secret" }).click();
    await page.getByText("Copied.").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(first);
    const line = page.getByRole("listitem").filter({ hasText: "Screen on the wall" });
    await line.getByText("See everything · Old Town").waitFor();
    await line.getByText("never used").waitFor();
    await line.getByText(/· ends /).waitFor();
    await expectWellMade(page);
    expect(await reads(first)).toBe(200);
    await page.getByRole("button", { name: "I have kept it" }).click();
    await expect.poll(() => page.getByText(first).count()).toBe(0);
    await page.reload();
    await line.getByText("last used").waitFor();
    expect(await page.getByText(first).count()).toBe(0);

    await line.getByRole("button", { name: "New secret Screen on the wall" }).click();
    const rotate = page.getByRole("dialog", { name: "A new secret for Screen on the wall?" });
    expect(await violations(page)).toEqual([]);
    await rotate.getByLabel("The present secret holds on for").selectOption("1 hour");
    await rotate.getByRole("button", { name: "New secret" }).click();
    await shown.waitFor();
    const second = await shown.innerText();
    expect(second).not.toBe(first);
    await line.getByText("the secret before holds until").waitFor();
    // During the overlap both open.
    expect(await reads(second)).toBe(200);
    expect(await reads(first)).toBe(200);

    await line.getByRole("button", { name: "Revoke Screen on the wall" }).click();
    await page.getByRole("dialog", { name: "Revoke Screen on the wall?" }).getByRole("button", { name: "Revoke" }).click();
    await line.getByText("Revoked", { exact: true }).waitFor();
    expect(await line.getByRole("button").count()).toBe(0);
    await page.setViewportSize({ width: 360, height: 800 });
    await expectWellMade(page);
  });
});
