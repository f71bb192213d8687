import { createHmac } from "node:crypto";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** A password that is good enough, and everybody's in these tests. */
export const PASSWORD = "seven wet cats on a blue roof";

/** An address that no other test has used. */
export function newAddress(name: string): string {
  return `${name}-${crypto.randomUUID().slice(0, 8)}@example.com`;
}

/** The link that the newest mail to `email` asks to open, as soon as there is a mail with `part` in its link. */
export async function linkInMail(url: string, email: string, part: string): Promise<string> {
  let link: string | undefined;
  await expect
    .poll(async () => {
      const sent = await (await fetch(`${url}/_tray`)).text();
      const mails = sent.split("<article>").filter((mail) => mail.includes(`to ${email}<`));
      link = mails.map((mail) => new RegExp(`${url}/#${part}=[^\\s<"]+`).exec(mail)?.[0]).find(Boolean);
      return link;
    })
    .toBeDefined();
  return link ?? "";
}

/** Fills in the form for an account and sends it. */
export async function fillInSignUp(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Your name").fill("Ann Smith");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
}

/** A new account, whose holder has answered the mail. */
export async function signUp(page: Page, url: string, email: string): Promise<void> {
  await page.goto(`${url}/sign-up`);
  await fillInSignUp(page, email, PASSWORD);
  await page.getByRole("heading", { name: "Check your mail" }).waitFor();
  await page.goto(await linkInMail(url, email, "verify-email"));
  await page.getByText("Your address is confirmed.").waitFor();
}

/** Signs in on the page that asks for it. */
export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The code that an authenticator shows, `steps` of 30 seconds from now (RFC 6238). */
export function totp(secret: string, steps = 0): string {
  const bits = [...secret.replaceAll(" ", "")]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** What a person does by the API, where a test is about something else. */
export class Caller {
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** Somebody with a new account. */
  static async signedUp(url: string, email: string, name: string): Promise<Caller> {
    await send(url, "POST", "/v1/identity/sign-up", { email, password: PASSWORD, name });
    const link = await linkInMail(url, email, "verify-email");
    await send(url, "POST", "/v1/identity/verify-email", { token: link.split("=").at(-1) });
    const { access_token } = (await send(url, "POST", "/v1/identity/sign-in", { email, password: PASSWORD })) as {
      access_token: string;
    };
    return new Caller(url, access_token);
  }

  /** Calls the API, and gives what it answers. */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    return send(this.#url, method, path, body, this.#token);
  }

  /** Creates something, and gives its identifier. */
  async create(path: string, body: unknown): Promise<string> {
    const created = (await this.call("POST", path, body)) as { id: string };
    return created.id;
  }

  /** The identifier of a unit of an organization: of its only one, where there is one. */
  async firstUnit(org: string): Promise<string> {
    const { items } = (await this.call("GET", `/v1/orgs/${org}/units`)) as { items: { id: string }[] };
    const [unit] = items;
    if (unit === undefined) throw new Error(`${org} has no units`);
    return unit.id;
  }

  /** Brings `guest`, whose address is `email`, into an organization. */
  async admit(org: string, guest: Caller, email: string, role: string): Promise<void> {
    await this.create(`/v1/orgs/${org}/invitations`, { email, role });
    const link = await linkInMail(this.#url, email, "accept-invitation");
    await guest.call("POST", "/v1/invitations/accept", { token: link.split("=").at(-1) });
  }

  /** An organization with these sites, each with an area and a fridge that is called as the site is. */
  async organization(name: string, ...sites: readonly string[]): Promise<string> {
    const org = await this.create("/v1/orgs", { name, time_zone: "Europe/Vienna" });
    for (const site of sites) {
      const siteId = await this.create(`/v1/orgs/${org}/sites`, { name: site, time_zone: "Europe/Vienna" });
      const areaId = await this.create(`/v1/orgs/${org}/areas`, { site_id: siteId, name: "Kitchen" });
      await this.create(`/v1/orgs/${org}/units`, { area_id: areaId, name: `Fridge of ${site}`, kind: "fridge" });
    }
    return org;
  }
}

async function send(url: string, method: string, path: string, body: unknown, token?: string): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { "Content-Type": "application/json", ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}
