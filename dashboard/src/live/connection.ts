import { ApiError } from "../api/http";
import type { ClientMessage, ServerMessage, Ticket } from "../api/types";
import type { LiveStore } from "./store";

/** The subprotocol both sides must name. */
export const SUBPROTOCOL = "freshtrack.v1";

/** API Gateway closes a connection on which nothing is said for ten minutes; proxies on the way are less patient. */
const PING_EVERY_MS = 60_000;
/** A connection that leaves a question unanswered for this long is dead, whatever the socket believes. */
const ANSWER_WITHIN_MS = 15_000;
/** Gaps that are seen within this time are answered by one resync. */
const RESYNC_AT_MOST_EVERY_MS = 2_000;
/**
 * Readings go to the sockets of a list that may be a second old, so what is recorded in a socket's first moments may pass
 * it by. After this time it is on every list, and one more resync brings whatever did.
 */
const LISTED_AFTER_MS = 2_000;
const RETRY_FIRST_MS = 500;
const RETRY_LONGEST_MS = 30_000;
/** After this many failures in a row the page says that it is offline rather than that it is about to be back. */
const FAILURES_UNTIL_OFFLINE = 5;

/** How long to wait before attempt `failures + 1`: doubling, and spread so that a thousand screens do not return at once. */
export function retryDelay(failures: number, random: () => number): number {
  const ceiling = Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** Math.min(failures, 16));
  return ceiling / 2 + (random() * ceiling) / 2;
}

/** The part of a `WebSocket` that is used here. */
export type Socket = Pick<WebSocket, "send" | "close" | "onopen" | "onmessage" | "onclose">;

export interface ConnectionOptions {
  readonly store: LiveStore;
  /** Gets permission to open one socket. */
  readonly issueTicket: () => Promise<Ticket>;
  readonly openSocket?: (url: string, protocol: string) => Socket;
  readonly random?: () => number;
  /** Every message has a server's time in it: what the ages on the page are counted against. */
  readonly onServerTime?: (at: string) => void;
  /** Messages were missed and have now been caught up with; histories on the page may have holes. */
  readonly onCaughtUp?: () => void;
  /** The overview and the list of alerts should be read again. */
  readonly onOutdated?: () => void;
  /** The key is no longer accepted. */
  readonly onRefused?: () => void;
}

/** Keeps one socket open, and the store in step with it, until stopped. */
export class LiveConnection {
  readonly #options: ConnectionOptions;
  #socket: Socket | undefined;
  #stopped = true;
  #attempt = 0;
  #failures = 0;
  #everLive = false;
  #lastResync = Number.NEGATIVE_INFINITY;
  /** Where the messages begin that were missed and have not been caught up with yet. */
  #missedSince: number | undefined;
  /** Whether this resync is only to make sure, and has found nothing missing so far. */
  #makingSure = false;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #resyncTimer: ReturnType<typeof setTimeout> | undefined;
  #listedTimer: ReturnType<typeof setTimeout> | undefined;
  #pingTimer: ReturnType<typeof setInterval> | undefined;
  #answerTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
    void this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#attempt += 1;
    clearTimeout(this.#retryTimer);
    this.#drop();
  }

  /** Tries at once if a retry is being waited for: the network is back, or someone looks at the page again. */
  retryNow(): void {
    if (this.#retryTimer === undefined || this.#stopped) return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    void this.#connect();
  }

  /** The browser has its network back. */
  networkBack(): void {
    this.#failures = 0;
    this.retryNow();
  }

  /** The browser lost its network. */
  networkLost(): void {
    if (this.#stopped) return;
    this.#failures = Math.max(this.#failures, FAILURES_UNTIL_OFFLINE);
    this.#attempt += 1;
    clearTimeout(this.#retryTimer);
    this.#scheduleRetry();
  }

  async #connect(): Promise<void> {
    const attempt = (this.#attempt += 1);
    const open = this.#options.openSocket ?? ((url, protocol) => new WebSocket(url, protocol));
    let socket: Socket;
    try {
      const ticket = await this.#options.issueTicket();
      if (attempt !== this.#attempt) return;
      socket = open(ticket.url, SUBPROTOCOL);
    } catch (error) {
      if (attempt !== this.#attempt) return;
      if (error instanceof ApiError && error.refused) {
        this.stop();
        this.#options.onRefused?.();
      } else {
        this.#scheduleRetry();
      }
      return;
    }
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = (event: MessageEvent<string>) => this.#received(JSON.parse(event.data) as ServerMessage);
    socket.onclose = () => {
      if (this.#socket === socket) this.#scheduleRetry();
    };
  }

  #opened(): void {
    this.#missedSince ??= this.#options.store.seq;
    this.#send({ type: "subscribe", topics: ["org"] });
    this.#expectAnswer();
    this.#pingTimer = setInterval(() => this.#ping(), PING_EVERY_MS);
  }

  #received(message: ServerMessage): void {
    const { store, onServerTime, onCaughtUp, onOutdated } = this.#options;
    clearTimeout(this.#answerTimer);
    onServerTime?.(message.at);
    const { gap, resyncSince, unknownUnit } = store.apply(message);
    if (gap) this.#makingSure = false;
    if (resyncSince !== undefined) {
      this.#missedSince = Math.min(this.#missedSince ?? resyncSince, resyncSince);
      this.#resyncSoon();
    }
    if (unknownUnit || message.type === "error") onOutdated?.();
    // First hear, then ask for what was missed: the other way round leaves a moment that belongs to neither. And only once
    // the subscription is known: the gateway hands a socket's messages on side by side.
    if (message.type === "subscribed") {
      this.#resync();
      this.#listedTimer = setTimeout(() => this.#makeSure(), LISTED_AFTER_MS);
    }
    if (message.type === "resynced") {
      this.#failures = 0;
      this.#missedSince = undefined;
      store.setConnection("live");
      // What the first resync brings is covered by the overview and the histories that were just read.
      if (this.#everLive && !this.#makingSure) onCaughtUp?.();
      this.#everLive = true;
      this.#makingSure = false;
    }
  }

  #resyncSoon(): void {
    if (this.#resyncTimer !== undefined) return;
    const wait = Math.max(0, this.#lastResync + RESYNC_AT_MOST_EVERY_MS - Date.now());
    this.#resyncTimer = setTimeout(() => this.#resync(), wait);
  }

  /** Asks once more for what is there, now that nothing passes the socket by any more. */
  #makeSure(): void {
    this.#makingSure = this.#missedSince === undefined;
    this.#resync();
  }

  #resync(): void {
    clearTimeout(this.#resyncTimer);
    this.#resyncTimer = undefined;
    this.#lastResync = Date.now();
    this.#missedSince ??= this.#options.store.seq;
    this.#options.store.beginResync();
    this.#send({ type: "resync", since: this.#missedSince });
    this.#expectAnswer();
  }

  #ping(): void {
    this.#send({ type: "ping" });
    this.#expectAnswer();
  }

  #expectAnswer(): void {
    clearTimeout(this.#answerTimer);
    this.#answerTimer = setTimeout(() => this.#scheduleRetry(), ANSWER_WITHIN_MS);
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #scheduleRetry(): void {
    this.#drop();
    const offline = this.#failures >= FAILURES_UNTIL_OFFLINE;
    this.#options.store.setConnection(offline ? "offline" : this.#everLive ? "reconnecting" : "connecting");
    const wait = retryDelay(this.#failures, this.#options.random ?? Math.random);
    this.#failures += 1;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.retryNow(), wait);
  }

  #drop(): void {
    clearInterval(this.#pingTimer);
    clearTimeout(this.#answerTimer);
    clearTimeout(this.#resyncTimer);
    clearTimeout(this.#listedTimer);
    this.#resyncTimer = undefined;
    this.#makingSure = false;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }
}
