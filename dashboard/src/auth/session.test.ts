import { describe, expect, test } from "vitest";
import { ApiError } from "../api/http";
import type { Tokens } from "../api/types";
import { PersonSession, SessionOver, type Channel } from "./session";

/** A browser: one store of tokens and one storage, one lock, and tabs that hear each other; and the server's side of a session. */
class Browser {
  readonly stored = new Map<string, string>();
  token: string | undefined;
  readonly presented: string[] = [];
  now = 0;
  /** What the server says instead of giving tokens. */
  refusal: Error | undefined;
  /** What happens while the server thinks. */
  meanwhile: (() => void) | undefined;
  #issued = 0;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #channels: Channel[] = [];

  issue(): Tokens {
    this.#issued += 1;
    return { access_token: `access-${this.#issued}`, refresh_token: `refresh-${this.#issued}`, expires_in: 600 };
  }

  tab(): PersonSession {
    const channels = this.#channels;
    const channel: Channel = {
      onmessage: null,
      postMessage: (data: unknown) => {
        for (const other of channels) {
          if (other !== channel) other.onmessage?.call(other as BroadcastChannel, { data } as MessageEvent);
        }
      },
    };
    channels.push(channel);
    return new PersonSession({
      channel,
      now: () => this.now,
      storage: {
        getItem: (key) => this.stored.get(key) ?? null,
        setItem: (key, value) => void this.stored.set(key, value),
        removeItem: (key) => void this.stored.delete(key),
      },
      tokens: {
        read: async () => this.token,
        write: async (token) => void (this.token = token),
        exchange: async (present, next) => {
          const isPresent = this.token === present;
          if (isPresent) this.token = next;
          return isPresent;
        },
        forget: async () => void (this.token = undefined),
      },
      exclusively: (task) => {
        const result = this.#turn.then(task);
        this.#turn = result.catch(() => undefined);
        return result;
      },
      refresh: async (token) => {
        this.presented.push(token);
        await Promise.resolve();
        this.meanwhile?.();
        if (this.refusal !== undefined) throw this.refusal;
        return this.issue();
      },
    });
  }
}

const MINUTE = 60_000;

describe("a person's session", () => {
  test("uses an access token until shortly before it ends", async () => {
    const browser = new Browser();
    const tab = browser.tab();
    await tab.begin(browser.issue());
    browser.now = 9 * MINUTE;
    expect(await tab.bearer()).toBe("access-1");
    browser.now = 9.6 * MINUTE;
    expect(await tab.bearer()).toBe("access-2");
    expect(browser.presented).toEqual(["refresh-1"]);
  });

  test("is renewed once for all requests and all tabs that need it", async () => {
    const browser = new Browser();
    const [one, other] = [browser.tab(), browser.tab()];
    await one.begin(browser.issue());
    browser.now = 11 * MINUTE;
    const tokens = await Promise.all([one.bearer(), one.bearer(), other.bearer(), other.bearer()]);
    expect(new Set(tokens)).toEqual(new Set(["access-2"]));
    expect(browser.presented).toEqual(["refresh-1"]);
  });

  test("goes on in a tab that is opened later", async () => {
    const browser = new Browser();
    await browser.tab().begin(browser.issue());
    expect(await browser.tab().bearer()).toBe("access-2");
  });

  test("replaces a token that the server refused, once for all who were refused", async () => {
    const browser = new Browser();
    const tab = browser.tab();
    await tab.begin(browser.issue());
    expect(await Promise.all([tab.renew("access-1"), tab.renew("access-1")])).toEqual(["access-2", "access-2"]);
    expect(await tab.renew("access-1")).toBe("access-2");
    expect(browser.presented).toEqual(["refresh-1"]);
  });

  test("ends everywhere when the server says that it is over", async () => {
    const browser = new Browser();
    const [one, other] = [browser.tab(), browser.tab()];
    await one.begin(browser.issue());
    let told = 0;
    other.subscribe(() => (told += 1));
    browser.now = 11 * MINUTE;
    browser.refusal = new ApiError(401, undefined);
    await expect(one.bearer()).rejects.toBeInstanceOf(SessionOver);
    expect([one.signedIn, other.signedIn, told]).toEqual([false, false, 1]);
    await expect(other.bearer()).rejects.toBeInstanceOf(SessionOver);
  });

  test("outlives a server that does not answer", async () => {
    const browser = new Browser();
    const tab = browser.tab();
    await tab.begin(browser.issue());
    browser.now = 11 * MINUTE;
    browser.refusal = new TypeError("Failed to fetch");
    await expect(tab.bearer()).rejects.toBeInstanceOf(TypeError);
    browser.refusal = undefined;
    expect(await tab.bearer()).toBe("access-2");
  });

  test("stays ended for whoever signs out while it is renewed", async () => {
    const browser = new Browser();
    const tab = browser.tab();
    await tab.begin(browser.issue());
    browser.now = 11 * MINUTE;
    browser.meanwhile = () => tab.end();
    await expect(tab.bearer()).rejects.toBeInstanceOf(SessionOver);
    expect(tab.signedIn).toBe(false);
  });

  test("is another one for whoever signs in while it is refused", async () => {
    const browser = new Browser();
    const tab = browser.tab();
    await tab.begin(browser.issue());
    browser.now = 11 * MINUTE;
    browser.refusal = new ApiError(401, undefined);
    browser.meanwhile = () => void browser.tab().begin(browser.issue());
    await expect(tab.bearer()).rejects.toBeInstanceOf(SessionOver);
    expect(tab.signedIn).toBe(true);
  });
});
