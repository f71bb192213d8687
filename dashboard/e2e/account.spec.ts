import { describe, expect, test } from "vitest";
import { horizontalScroll, required, smallTargets, startBrowser, violations } from "./browser";
import { fillInSignUp, linkInMail, newAddress, PASSWORD, signIn, signUp, totp } from "./people";

/** Accounts in a real browser against a running system: from a stranger to somebody whose phone is lost. */
const url = required("FRESHTRACK_URL");
const browser = startBrowser();

describe("an account", () => {
  test.each([
    { width: 1280, colorScheme: "light" as const },
    { width: 360, colorScheme: "dark" as const },
  ])("is created by a stranger at $width px in $colorScheme", async ({ width, colorScheme }) => {
    const email = newAddress("stranger");
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const wellMade = async (): Promise<void> => {
      expect(await violations(page)).toEqual([]);
      expect(await horizontalScroll(page)).toBe(0);
      expect(await smallTargets(page)).toEqual([]);
    };
    await page.goto(url);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await wellMade();
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByRole("heading", { name: "Create an account" }).waitFor();
    await wellMade();

    // What is missing is told beside its field, and the first such field has the focus.
    await page.getByRole("button", { name: "Create account" }).click();
    const name = page.getByLabel("Your name");
    await expect.poll(() => name.getAttribute("aria-invalid")).toBe("true");
    expect(await name.evaluate((field) => field === document.activeElement)).toBe(true);
    await wellMade();

    // While a password is typed, it is told how good it seems.
    const password = page.getByLabel("Password", { exact: true });
    await page.getByLabel("Your name").fill("Ann Smith");
    for (const [typed, advice] of [
      ["short", "Too short yet"],
      ["Ann Smith 42", "Weak"],
      ["tranquil47", "Fair"],
      [PASSWORD, "Good."],
    ] as const) {
      await password.fill(typed);
      await page.getByRole("status").filter({ hasText: advice }).waitFor();
    }
    await wellMade();

    // The server judges it.
    for (const [weak, why] of [
      ["short", "at least 10 characters"],
      ["password1234", "stolen passwords"],
      ["Ann Smith 42", "your name"],
    ] as const) {
      await fillInSignUp(page, email, weak);
      await page.getByText(why).last().waitFor();
      await expect.poll(() => password.getAttribute("aria-invalid")).toBe("true");
      await expect.poll(() => password.evaluate((field) => field === document.activeElement)).toBe(true);
    }
    await wellMade();

    await fillInSignUp(page, email, PASSWORD);
    await page.getByText(`We have written to ${email}.`).waitFor();
    await wellMade();

    const link = await linkInMail(url, email, "verify-email");
    await page.goto(link);
    await page.getByText("Your address is confirmed.").waitFor();
    expect(page.url()).not.toContain("verify-email=");
    await wellMade();

    await signIn(page, email, "another password than that");
    await page.getByRole("alert").filter({ hasText: "wrong" }).waitFor();
    await wellMade();
    await signIn(page, email);
    await page.getByRole("heading", { name: "New organization" }).waitFor();

    // The link works once.
    await page.goto(link);
    await page.getByRole("alert").filter({ hasText: "not valid any more" }).waitFor();
  });

  test("is kept by a second factor, and opened with a recovery code when the phone is lost", async () => {
    const email = newAddress("careful");
    const page = await browser.newPage({ permissions: ["clipboard-read", "clipboard-write"] });
    await signUp(page, url, email);
    await signIn(page, email);
    await page.getByRole("heading", { name: "New organization" }).waitFor();
    await page.goto(`${url}/profile`);
    await page.getByRole("button", { name: "Turn it on" }).click();
    await page.getByRole("img", { name: "QR code for your authenticator app" }).waitFor();
    expect(await violations(page)).toEqual([]);
    const secret = await page.locator("code").innerText();
    await page.getByRole("button", { name: "Copy the key" }).click();
    await page.getByText("Copied.").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret.replaceAll(" ", ""));

    await page.getByRole("textbox", { name: "Code" }).fill("12345");
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByText("The code has six digits.").waitFor();
    await page.getByRole("textbox", { name: "Code" }).fill(totp(secret));
    await page.getByRole("button", { name: "Turn on" }).click();
    const codes = page.getByRole("list", { name: "Keep your recovery codes" }).getByRole("listitem");
    await codes.first().waitFor();
    expect(await codes.count()).toBe(10);
    expect(await violations(page)).toEqual([]);
    const recoveryCode = await codes.first().innerText();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download" }).click();
    expect((await download).suggestedFilename()).toBe("freshtrack-recovery-codes.txt");
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByText("You have 10 recovery codes left").waitFor();
    expect(await page.getByText(recoveryCode).count()).toBe(0);

    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByText("You are signed out.").waitFor();
    await signIn(page, email);
    await page.getByRole("heading", { name: "Enter your code" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("textbox", { name: "Code" }).fill("000000");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("The code is wrong").waitFor();
    // The code of this half minute was used to turn it on: an authenticator shows another one by now.
    await page.getByRole("textbox", { name: "Code" }).fill(totp(secret, 1));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "New organization" }).waitFor();

    const elsewhere = await browser.newPage();
    await elsewhere.goto(url);
    await signIn(elsewhere, email);
    await elsewhere.getByRole("button", { name: "Use a recovery code" }).click();
    await elsewhere.getByLabel("Recovery code").fill(recoveryCode);
    await elsewhere.getByRole("button", { name: "Sign in" }).click();
    await elsewhere.getByRole("heading", { name: "New organization" }).waitFor();
    await elsewhere.goto(`${url}/profile`);
    await elsewhere.getByText("You have 9 recovery codes left").waitFor();
    expect(await violations(elsewhere)).toEqual([]);

    // From here the other session is ended.
    await elsewhere.getByRole("button", { name: /^Sign out .*last used/ }).first().click();
    await elsewhere.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await expect.poll(() => elsewhere.getByRole("button", { name: /^Sign out .*last used/ }).count()).toBe(0);
    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  test("has its password set anew by a mail, which ends every session", async () => {
    const email = newAddress("forgetful");
    const page = await browser.newPage();
    await signUp(page, url, email);
    await signIn(page, email);
    await page.getByRole("heading", { name: "New organization" }).waitFor();

    const elsewhere = await browser.newPage();
    await elsewhere.goto(url);
    await elsewhere.getByRole("link", { name: "Forgot your password?" }).click();
    // The page before has a field of the same name.
    await elsewhere.getByRole("heading", { name: "Forgot your password", exact: true }).waitFor();
    await elsewhere.getByLabel("E-mail address").fill(email);
    await elsewhere.getByRole("button", { name: "Send the link" }).click();
    await elsewhere.getByText(`If ${email} has an account`).waitFor();
    expect(await violations(elsewhere)).toEqual([]);
    await elsewhere.goto(await linkInMail(url, email, "reset-password"));
    const password = elsewhere.getByLabel("New password", { exact: true });
    await password.fill("password1234");
    await elsewhere.getByRole("button", { name: "Set password" }).click();
    await elsewhere.getByText("stolen passwords").last().waitFor();
    expect(await violations(elsewhere)).toEqual([]);
    await password.fill("four dry dogs under a red bridge");
    await elsewhere.getByRole("button", { name: "Set password" }).click();
    await elsewhere.getByText("Your new password is set").waitFor();
    await signIn(elsewhere, email, "four dry dogs under a red bridge");
    await elsewhere.getByRole("heading", { name: "New organization" }).waitFor();

    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  test("is open in all tabs of a browser, and closed in all of them", async () => {
    const email = newAddress("tabs");
    const first = await browser.newPage();
    await signUp(first, url, email);
    await signIn(first, email);
    await first.getByRole("heading", { name: "New organization" }).waitFor();
    const others = await Promise.all([first.context().newPage(), first.context().newPage()]);
    await Promise.all(others.map((page) => page.goto(`${url}/profile`)));
    for (const page of others) await page.getByRole("heading", { name: "Your profile" }).waitFor();
    // All of them at once need what each can be given once.
    const pages = [first, ...others];
    await Promise.all(pages.map((page) => page.goto(`${url}/profile`)));
    for (const page of pages) await page.getByText(email, { exact: true }).waitFor();
    await first.getByRole("button", { name: "Sign out", exact: true }).click();
    for (const page of pages) await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  test("gets another password, is left everywhere at once, and does without a second factor again", async () => {
    const email = newAddress("mover");
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
    await signUp(page, url, email);
    await signIn(page, email);
    await page.getByRole("heading", { name: "New organization" }).waitFor();
    const elsewhere = await browser.newPage();
    await elsewhere.goto(url);
    await signIn(elsewhere, email);
    await elsewhere.getByRole("heading", { name: "New organization" }).waitFor();

    await page.goto(`${url}/profile`);
    const present = page.getByLabel("Present password", { exact: true });
    await present.fill("not this one");
    await page.getByLabel("New password", { exact: true }).fill("four dry dogs under a red bridge");
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("The present password is wrong.").waitFor();
    expect(await present.getAttribute("aria-invalid")).toBe("true");
    expect(await violations(page)).toEqual([]);
    expect(await horizontalScroll(page)).toBe(0);
    expect(await smallTargets(page)).toEqual([]);
    await present.fill(PASSWORD);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("Your password is changed.").waitFor();
    await elsewhere.reload();
    await elsewhere.getByRole("heading", { name: "Sign in" }).waitFor();

    await page.getByRole("button", { name: "Turn it on" }).click();
    const secret = await page.locator("code").innerText();
    await page.getByRole("textbox", { name: "Code" }).fill(totp(secret));
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByRole("button", { name: "Turn it off" }).click();
    const dialog = page.getByRole("dialog");
    expect(await violations(page)).toEqual([]);
    await dialog.getByLabel("Password", { exact: true }).fill("four dry dogs under a red bridge");
    await dialog.getByLabel("Code, or a recovery code").fill(totp(secret, 1));
    await dialog.getByRole("button", { name: "Turn it off" }).click();
    await page.getByText("A second factor keeps others out").waitFor();

    await signIn(elsewhere, email, "four dry dogs under a red bridge");
    await elsewhere.getByRole("heading", { name: "New organization" }).waitFor();
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByText("You are signed out.").waitFor();
    await elsewhere.reload();
    await elsewhere.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});
