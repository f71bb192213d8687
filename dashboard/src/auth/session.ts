import { ApiError, type Credential } from "../api/http";
import type { Tokens } from "../api/types";
import { browserTokenStore, type TokenStore } from "./token-store";

const SIGNED_IN = "freshtrack.signed-in";
const LOCK = "freshtrack.session";
const CHANNEL = "freshtrack.session";

/** An access token that ends sooner than this is renewed before it is used: the request takes a while, too. */
const MARGIN_MS = 30_000;

/** There is no session, or it has ended: the person has to sign in. */
export class SessionOver extends Error {
  constructor() {
    super("The session is over.");
    this.name = "SessionOver";
  }
}

/** What the tabs of one browser tell each other. */
type News =
  | { readonly type: "renewed"; readonly accessToken: string; readonly validUntil: number }
  | { readonly type: "began" }
  | { readonly type: "ended" };

/** The part of a `BroadcastChannel` that is used here. */
export type Channel = Pick<BroadcastChannel, "postMessage" | "onmessage">;

export interface PersonSessionOptions {
  /** Asks the server for the next tokens. */
  readonly refresh: (refreshToken: string) => Promise<Tokens>;
  /** Where the refresh token is kept: the same for every tab. */
  readonly tokens: TokenStore;
  /** Where it is told, to whoever cannot wait, that somebody is signed in. */
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** Runs one task at a time, whichever tab it is of. */
  readonly exclusively: <T>(task: () => Promise<T>) => Promise<T>;
  readonly channel: Channel;
  readonly now?: () => number;
}

/**
 * A person's session in this browser.
 *
 * The access token lives in memory alone. The refresh token is good for one use: it is kept where every tab sees it, and
 * one tab at a time presents it and hands the access token to the others.
 */
export class PersonSession implements Credential {
  readonly #options: PersonSessionOptions;
  readonly #listeners = new Set<() => void>();
  #held: { readonly token: string; readonly validUntil: number } | undefined;
  #renewing: Promise<string> | undefined;
  #generation = 0;

  constructor(options: PersonSessionOptions) {
    this.#options = options;
    options.channel.onmessage = ({ data }: MessageEvent<News>) => this.#heard(data);
  }

  /** Whether somebody is signed in, as far as this browser knows. */
  get signedIn(): boolean {
    return this.#options.storage.getItem(SIGNED_IN) !== null;
  }

  /** Another number for each person who signs in or out: what was read for the one is not for the next. */
  get generation(): number {
    return this.#generation;
  }

  /** Calls `listener` when somebody signs in or the session ends, in whatever tab. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Somebody has signed in. */
  async begin(tokens: Tokens): Promise<void> {
    this.#hold(tokens);
    this.#options.storage.setItem(SIGNED_IN, "yes");
    await this.#options.tokens.write(tokens.refresh_token);
    this.#tell({ type: "began" });
    this.#notify();
  }

  /** Forgets the session here and in every other tab. */
  end(): void {
    this.#forget();
    // The server has ended it by now, so a token that is left behind opens nothing.
    void this.#options.tokens.forget().catch(() => undefined);
    this.#tell({ type: "ended" });
    this.#notify();
  }

  bearer(): Promise<string> {
    const held = this.#valid();
    return held === undefined ? this.#renew() : Promise.resolve(held);
  }

  renew(refused: string): Promise<string> {
    if (this.#held?.token === refused) this.#held = undefined;
    return this.bearer();
  }

  #renew(): Promise<string> {
    this.#renewing ??= this.#options.exclusively(() => this.#refresh()).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #refresh(): Promise<string> {
    // Another tab may have done it while this one waited for its turn.
    const held = this.#valid();
    if (held !== undefined) return held;
    const { tokens, refresh } = this.#options;
    const refreshToken = await tokens.read();
    if (refreshToken === undefined) throw new SessionOver();
    let next: Tokens;
    try {
      next = await refresh(refreshToken);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) throw error;
      // Unless somebody has signed in meanwhile.
      if ((await tokens.read()) === refreshToken) this.end();
      throw new SessionOver();
    }
    // Whoever signed out meanwhile stays signed out.
    if (!(await tokens.exchange(refreshToken, next.refresh_token))) throw new SessionOver();
    const { token, validUntil } = this.#hold(next);
    this.#tell({ type: "renewed", accessToken: token, validUntil });
    return token;
  }

  #hold(tokens: Tokens): { token: string; validUntil: number } {
    this.#held = { token: tokens.access_token, validUntil: this.#now() + tokens.expires_in * 1000 };
    return this.#held;
  }

  #valid(): string | undefined {
    return this.#held !== undefined && this.#held.validUntil - MARGIN_MS > this.#now() ? this.#held.token : undefined;
  }

  #heard(news: News): void {
    if (news.type === "renewed") {
      this.#held = { token: news.accessToken, validUntil: news.validUntil };
      return;
    }
    this.#held = undefined;
    this.#notify();
  }

  #forget(): void {
    this.#held = undefined;
    this.#options.storage.removeItem(SIGNED_IN);
  }

  #tell(news: News): void {
    this.#options.channel.postMessage(news);
  }

  #notify(): void {
    this.#generation += 1;
    for (const listener of this.#listeners) listener();
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

/** The session of this browser. `refresh` asks the server for the next tokens. */
export function browserSession(refresh: PersonSessionOptions["refresh"]): PersonSession {
  return new PersonSession({
    refresh,
    tokens: browserTokenStore(),
    storage: window.localStorage,
    exclusively: async (task) =>
      // Only where the page is served without TLS are there no locks; there the server's patience with a token that is
      // presented twice at once has to do.
      "locks" in navigator ? await navigator.locks.request(LOCK, task) : await task(),
    channel: new BroadcastChannel(CHANNEL),
  });
}
