import { describe, expect, test } from "vitest";
import { horizontalScroll, required, smallTargets, startBrowser, violations } from "./browser";
import { Caller, linkInMail, newAddress, signIn, signUp } from "./people";

/** People and organizations in a real browser against a running system. */
const url = required("FRESHTRACK_URL");
const browser = startBrowser();

describe("people", () => {
  test("are invited by mail, join on a phone, and see what their role and sites permit", async () => {
    const owner = newAddress("owner");
    const colleague = newAddress("colleague");
    const ann = await Caller.signedUp(url, owner, "Ann Owner");
    await ann.organization("Harbour Bistro", "Old Town", "Harbour");
    const page = await browser.newPage();
    await page.goto(url);
    await signIn(page, owner);
    await page.getByRole("link", { name: "People" }).click();
    await page.getByRole("heading", { name: "People", exact: true }).waitFor();
    await page.getByText("Ann Owner").first().waitFor();
    expect(await violations(page)).toEqual([]);

    await page.getByLabel("E-mail address").fill(colleague);
    await page.getByLabel("Role").selectOption("manager");
    await page.getByLabel("Only some sites").check();
    await page.getByRole("button", { name: "Send invitation" }).click();
    await page.getByText("Choose at least one site.").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("checkbox", { name: "Harbour" }).check();
    await page.getByRole("button", { name: "Send invitation" }).click();
    await page.getByText(`A mail with a link is on its way to ${colleague}.`).waitFor();
    await page.getByRole("listitem").filter({ hasText: colleague }).filter({ hasText: "Waiting" }).waitFor();

    const phone = await browser.newPage({ viewport: { width: 360, height: 740 }, hasTouch: true, colorScheme: "dark" });
    await phone.goto(await linkInMail(url, colleague, "accept-invitation"));
    await phone.getByRole("heading", { name: "Join Harbour Bistro" }).waitFor();
    await phone.getByText("Ann Owner invites you as Manager").waitFor();
    expect(await violations(phone)).toEqual([]);
    expect(await horizontalScroll(phone)).toBe(0);
    // There is no account yet: the invitation waits until there is one.
    await signUp(phone, url, colleague);
    await signIn(phone, colleague);
    await phone.getByRole("heading", { name: "Join Harbour Bistro" }).waitFor();
    await phone.getByRole("button", { name: "Accept" }).click();

    await phone.getByRole("article", { name: "Fridge of Harbour" }).waitFor();
    expect(await phone.getByText("Old Town").count()).toBe(0);
    await phone.locator('[data-connection="live"]').waitFor();
    expect(await violations(phone)).toEqual([]);
    expect(await horizontalScroll(phone)).toBe(0);
    expect(await smallTargets(phone)).toEqual([]);
    await phone.getByRole("link", { name: "People" }).click();
    await phone.getByText("Ann Owner").waitFor();
    // A manager runs units and not people.
    expect(await phone.getByRole("button", { name: "Send invitation" }).count()).toBe(0);
    expect(await phone.getByText(owner).count()).toBe(0);
    expect(await horizontalScroll(phone)).toBe(0);

    // The owner makes them staff of all sites, then removes them.
    await page.reload();
    const line = page.getByRole("listitem").filter({ hasText: colleague });
    await line.getByRole("button", { name: "Change Ann Smith" }).click();
    const dialog = page.getByRole("dialog", { name: "Change Ann Smith" });
    expect(await violations(page)).toEqual([]);
    await dialog.getByLabel("Role").selectOption("staff");
    await dialog.getByLabel("All sites").check();
    await dialog.getByRole("button", { name: "Save" }).click();
    await line.getByText("Staff · All sites").waitFor();
    await phone.goto(url);
    await phone.getByRole("article", { name: "Fridge of Old Town" }).waitFor();
    await line.getByRole("button", { name: "Remove Ann Smith" }).click();
    await page.getByRole("dialog", { name: "Remove Ann Smith?" }).getByRole("button", { name: "Remove" }).click();
    await line.waitFor({ state: "hidden" });
    await phone.reload();
    await phone.getByRole("heading", { name: "This organization is not yours" }).waitFor();
  });

  test("who are signed in accept at once; a link that was taken back says so", async () => {
    const owner = newAddress("owner");
    const guest = newAddress("guest");
    const ann = await Caller.signedUp(url, owner, "Ann Owner");
    const org = await ann.organization("Corner Shop", "Corner");
    await Caller.signedUp(url, guest, "Bob Guest");
    await ann.create(`/v1/orgs/${org}/invitations`, { email: guest, role: "viewer" });
    const page = await browser.newPage();
    await page.goto(url);
    await signIn(page, guest);
    await page.getByRole("heading", { name: "New organization" }).waitFor();
    const link = await linkInMail(url, guest, "accept-invitation");
    await page.goto(link);
    await page.getByRole("button", { name: "Accept" }).click();
    await page.getByRole("article", { name: "Fridge of Corner" }).waitFor();
    await page.goto(link);
    await page.getByRole("heading", { name: "This invitation is over" }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test("go from one organization to another by keyboard", async () => {
    const email = newAddress("many");
    const ann = await Caller.signedUp(url, email, "Ann Many");
    await ann.organization("Alpine Huts", "Summit");
    await ann.organization("Beach Bars", "Sandy");
    await ann.organization("City Canteens", "Centre");
    const page = await browser.newPage();
    await page.goto(url);
    await signIn(page, email);
    await page.getByRole("article").first().waitFor();
    const box = page.getByRole("combobox", { name: "Organization" });

    // By a part of the name.
    await box.focus();
    await page.keyboard.type("beach");
    await page.getByRole("option", { name: "Beach Bars" }).waitFor();
    await expect.poll(() => page.getByRole("option").count()).toBe(1);
    // While the list is open, the rest is hidden from screen readers; whatever leaves the box closes the list.
    expect(await violations(page, "aria-hidden-focus")).toEqual([]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("article", { name: "Fridge of Sandy" }).waitFor();
    await page.getByRole("heading", { level: 1, name: "Beach Bars" }).waitFor();

    // By the arrow keys alone, and not at all.
    await box.focus();
    await page.getByRole("option", { name: "City Canteens" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Escape");
    await page.getByRole("option").first().waitFor({ state: "hidden" });
    await page.getByRole("heading", { level: 1, name: "Beach Bars" }).waitFor();
    expect(await box.inputValue()).toBe("Beach Bars");
    await page.keyboard.press("ArrowDown");
    await page.getByRole("option", { name: "City Canteens" }).waitFor();
    while ((await page.locator('[role="option"][data-focused]').innerText()).split("\n")[0] !== "City Canteens") {
      await page.keyboard.press("ArrowDown");
    }
    await page.keyboard.press("Enter");
    await page.getByRole("article", { name: "Fridge of Centre" }).waitFor();

    // It is the one that is shown when one comes back.
    await page.goto(url);
    await page.getByRole("article", { name: "Fridge of Centre" }).waitFor();
  });
});
