import { describe, expect, test } from "vitest";
import { expectWellMade, required, startBrowser } from "./browser";
import { Caller, newAddress, signIn } from "./people";

/** Support in a real browser against a running system: what the administrator sees, and what the customer does. */
const url = required("FRESHTRACK_URL");
const browser = startBrowser();

/** What an operator does: makes somebody an administrator of the platform. */
async function appoint(email: string): Promise<void> {
  const response = await fetch(`${url}/2015-03-31/functions/platform-grant-administrator/invocations`, {
    method: "POST",
    body: JSON.stringify({ email }),
  });
  const answer = await response.text();
  if (!response.ok || response.headers.has("x-amz-function-error")) throw new Error(`not appointed: ${answer}`);
}

describe("support", () => {
  test("acts in the place of a member, is told so all the time, and the customer reads of it", async () => {
    const [owner, administrator] = [newAddress("owner"), newAddress("support")];
    const name = `Harbour Bistro ${crypto.randomUUID().slice(0, 8)}`;
    const ann = await Caller.signedUp(url, owner, "Ann Owner");
    const org = await ann.organization(name, "Old Town");
    await Caller.signedUp(url, administrator, "Sue Support");
    const desk = await browser.newPage({ viewport: { width: 360, height: 740 } });
    await desk.goto(url);
    await signIn(desk, administrator);
    await desk.getByRole("heading", { name: "New organization" }).waitFor();
    await desk.goto(`${url}/support`);
    await desk.getByLabel("Name, short name or ID").fill(name);
    await desk.getByRole("button", { name: "Search" }).click();
    // To everybody but administrators there is nothing.
    await desk.getByRole("alert").filter({ hasText: "no such page" }).waitFor();
    await appoint(administrator);
    await desk.reload();
    await desk.getByLabel("Name, short name or ID").fill(name);
    await desk.getByRole("button", { name: "Search" }).click();
    await desk.getByRole("button", { name: `Members ${name}` }).click();
    await desk.getByRole("button", { name: "Support Ann Owner" }).click();
    const dialog = desk.getByRole("dialog", { name: "Act in the place of Ann Owner?" });
    await dialog.getByRole("button", { name: "Support" }).click();
    await dialog.getByText("Please fill this in.").waitFor();
    await expectWellMade(desk);
    await dialog.getByLabel("Why").fill("Alarm limits cannot be saved (ticket 4711)");
    await dialog.getByLabel("For how long").selectOption("15 minutes");
    await dialog.getByRole("button", { name: "Support" }).click();

    const banner = desk.getByRole("complementary", { name: "Support" });
    await banner.getByText(`You act in the place of Ann Owner in ${name}.`).waitFor();
    await banner.getByText("Reason: Alarm limits cannot be saved (ticket 4711)").waitFor();
    await banner.getByText(/It ends in 1\d min\./).waitFor();
    await desk.getByRole("article", { name: "Fridge of Old Town" }).waitFor();
    await expectWellMade(desk);
    // Whatever the member may do is to be found.
    await desk.getByRole("link", { name: "Settings" }).click();
    await desk.getByRole("button", { name: "Delete the organization" }).waitFor();
    await banner.waitFor();
    // Also on the other pages, and after a reload.
    await desk.getByRole("link", { name: "People" }).click();
    await desk.getByRole("heading", { name: "People", exact: true }).waitFor();
    await banner.waitFor();
    await desk.getByRole("heading", { name: "Invite somebody" }).waitFor();
    expect(await desk.getByRole("button", { name: "Leave this organization" }).count()).toBe(0);
    await desk.reload();
    await banner.waitFor();

    const customer = await browser.newPage();
    await customer.goto(url);
    await signIn(customer, owner);
    await customer.getByRole("article", { name: "Fridge of Old Town" }).waitFor();
    expect(await customer.getByRole("complementary", { name: "Support" }).count()).toBe(0);
    await customer.goto(`${url}/orgs/${org}/settings/support`);
    const line = customer.getByRole("list", { name: "When we acted in your organization" }).getByRole("listitem");
    await line.getByText("Sue Support, in the place of Ann Owner").waitFor();
    await line.getByText("Reason: Alarm limits cannot be saved (ticket 4711)").waitFor();
    await line.getByText("At this moment").waitFor();
    await expectWellMade(customer);

    await banner.getByRole("button", { name: "End support" }).click();
    await desk.getByRole("dialog").getByRole("button", { name: "End support" }).click();
    await desk.getByRole("heading", { name: "Your profile" }).waitFor();
    await desk.goto(`${url}/orgs/${org}`);
    await desk.getByRole("heading", { name: "This organization is not yours" }).waitFor();
    await customer.reload();
    await line.getByText("Ended", { exact: true }).waitFor();
  });
});
