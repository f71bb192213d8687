import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../api/http";
import type { ServerMessage, Ticket } from "../api/types";
import { LiveConnection, retryDelay, SUBPROTOCOL, type ConnectionOptions, type Socket } from "./connection";
import { AT, overview, resynced, SEQ, subscribed, unitsChanged, unitSnapshot } from "./fixtures";
import { LiveStore } from "./store";

class FakeSocket implements Socket {
  readonly url: string;
  readonly protocol: string;
  readonly sent: unknown[] = [];
  closed = false;
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;

  constructor(url: string, protocol: string) {
    this.url = url;
    this.protocol = protocol;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
  }

  open(): void {
    this.onopen?.call(this as unknown as WebSocket, new Event("open"));
  }

  hear(message: ServerMessage): void {
    this.onmessage?.call(this as unknown as WebSocket, new MessageEvent("message", { data: JSON.stringify(message) }));
  }

  lose(): void {
    this.onclose?.call(this as unknown as WebSocket, new Event("close") as CloseEvent);
  }
}

let store: LiveStore;
let sockets: FakeSocket[];
let tickets: number;
let connection: LiveConnection;

function connect(over: Partial<ConnectionOptions> = {}): void {
  connection = new LiveConnection({
    store,
    issueTicket: () => Promise.resolve<Ticket>({ url: `wss://live/?ticket=${++tickets}`, expires_at: AT }),
    openSocket: (url, protocol) => {
      const socket = new FakeSocket(url, protocol);
      sockets.push(socket);
      return socket;
    },
    random: () => 1,
    ...over,
  });
  connection.start();
}

/** The newest socket, open and in step. */
async function live(): Promise<FakeSocket> {
  await vi.advanceTimersByTimeAsync(0);
  const socket = newest();
  const seq = store.seq;
  socket.open();
  socket.hear(subscribed(seq));
  socket.hear(resynced(seq));
  return socket;
}

function newest(): FakeSocket {
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error("no socket was opened");
  return socket;
}

beforeEach(() => {
  vi.useFakeTimers({ now: SEQ });
  store = new LiveStore();
  store.loadOverview(overview([unitSnapshot()]));
  sockets = [];
  tickets = 0;
});

afterEach(() => {
  connection.stop();
  vi.useRealTimers();
});

test("subscribes, then asks for what came since the overview", async () => {
  connect();
  await vi.advanceTimersByTimeAsync(0);
  const socket = newest();
  expect(socket.protocol).toBe(SUBPROTOCOL);
  socket.open();
  expect(socket.sent).toEqual([{ type: "subscribe", topics: ["org"] }]);
  socket.hear(subscribed(SEQ + 1_000));
  expect(socket.sent.slice(1)).toEqual([{ type: "resync", since: SEQ }]);
  expect(store.connection).toBe("connecting");
  socket.hear(resynced(SEQ));
  expect(store.connection).toBe("live");
});

test("returns with a fresh ticket and resumes from the last message", async () => {
  const onCaughtUp = vi.fn();
  connect({ onCaughtUp });
  const first = await live();
  first.hear(unitsChanged(SEQ + 60_000, unitSnapshot({ rev: 2 })));
  first.lose();
  expect(store.connection).toBe("reconnecting");
  await vi.advanceTimersByTimeAsync(retryDelay(0, () => 1));
  const second = newest();
  expect(second.url).toBe("wss://live/?ticket=2");
  second.open();
  second.hear(subscribed(SEQ + 60_500));
  expect(second.sent).toContainEqual({ type: "resync", since: SEQ + 60_000 });
  expect(onCaughtUp).not.toHaveBeenCalled();
  second.hear(resynced(SEQ + 61_000));
  expect(store.connection).toBe("live");
  expect(onCaughtUp).toHaveBeenCalledTimes(1);
});

test("makes sure, once it is on every list, that nothing passed it by while it was not", async () => {
  const onCaughtUp = vi.fn();
  connect({ onCaughtUp });
  const socket = await live();
  // What is recorded now goes to the sockets of a list from before this one opened.
  await vi.advanceTimersByTimeAsync(2_000);
  expect(socket.sent.slice(2)).toEqual([{ type: "resync", since: SEQ }]);
  socket.hear(unitsChanged(SEQ + 2_000, unitSnapshot({ rev: 2, temperature_c: 4.32 })));
  socket.hear(resynced(SEQ + 2_000));
  expect(store.unit("unt_1")?.temperature_c).toBe(4.32);
  expect(onCaughtUp, "the next reading leaves no hole").not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(socket.sent).toHaveLength(3);
});

test("tells of a hole that only making sure has shown", async () => {
  const onCaughtUp = vi.fn();
  connect({ onCaughtUp });
  const socket = await live();
  await vi.advanceTimersByTimeAsync(2_000);
  socket.hear(unitsChanged(SEQ + 2_000, unitSnapshot({ rev: 4 })));
  socket.hear(resynced(SEQ + 2_000));
  expect(onCaughtUp).toHaveBeenCalledTimes(1);
});

test("answers many gaps with one resync, from before the first", async () => {
  connect();
  const socket = await live();
  await vi.advanceTimersByTimeAsync(10_000);
  socket.hear(unitsChanged(SEQ + 20_000, unitSnapshot({ rev: 5 })));
  socket.hear(unitsChanged(SEQ + 30_000, unitSnapshot({ rev: 9 })));
  await vi.advanceTimersByTimeAsync(0);
  expect(socket.sent.slice(2)).toEqual([{ type: "resync", since: SEQ }]);
});

test("asks again on the next connection when a gap was not filled on this one", async () => {
  connect();
  const first = await live();
  first.hear(unitsChanged(SEQ + 90_000, unitSnapshot({ rev: 5 })));
  first.lose();
  await vi.advanceTimersByTimeAsync(retryDelay(0, () => 1));
  newest().open();
  newest().hear(subscribed(SEQ + 91_000));
  expect(newest().sent).toContainEqual({ type: "resync", since: SEQ });
});

test("gives up a connection that leaves a ping unanswered", async () => {
  connect();
  const socket = await live();
  await vi.advanceTimersByTimeAsync(2_000);
  socket.hear(resynced(SEQ));
  await vi.advanceTimersByTimeAsync(58_000);
  expect(socket.sent.at(-1)).toEqual({ type: "ping" });
  socket.hear({ v: 1, at: AT, seq: SEQ, type: "pong" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(socket.closed).toBe(false);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(socket.closed).toBe(true);
  expect(store.connection).toBe("reconnecting");
});

test("says offline after five failures in a row and keeps trying", async () => {
  const issueTicket = vi.fn(() => Promise.reject(new ApiError(503, undefined)));
  connect({ issueTicket });
  await vi.advanceTimersByTimeAsync(500 + 1_000 + 2_000 + 4_000);
  expect(store.connection).toBe("connecting");
  await vi.advanceTimersByTimeAsync(8_000);
  expect(store.connection).toBe("offline");
  const before = issueTicket.mock.calls.length;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(issueTicket.mock.calls.length).toBeGreaterThan(before);
});

test("ends when the key is refused", async () => {
  const onRefused = vi.fn();
  const issueTicket = vi.fn(() => Promise.reject(new ApiError(403, undefined)));
  connect({ issueTicket, onRefused });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(onRefused).toHaveBeenCalledTimes(1);
  expect(issueTicket).toHaveBeenCalledTimes(1);
});

test("drops the connection with the network and returns with it at once", async () => {
  connect();
  const socket = await live();
  connection.networkLost();
  expect(socket.closed).toBe(true);
  expect(store.connection).toBe("offline");
  connection.networkBack();
  await live();
  expect(sockets).toHaveLength(2);
  expect(store.connection).toBe("live");
});

test("leaves nothing behind when stopped while a ticket is on its way", async () => {
  connect();
  connection.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(sockets).toHaveLength(0);
});

test("asks for the overview when a message names a unit it does not know", async () => {
  const onOutdated = vi.fn();
  connect({ onOutdated });
  const socket = await live();
  socket.hear(unitsChanged(SEQ + 1, unitSnapshot({ unit_id: "unt_new" })));
  expect(onOutdated).toHaveBeenCalledTimes(1);
});

test("waits between half and all of a doubling time, 30 s at most", () => {
  expect(retryDelay(0, () => 0)).toBe(250);
  expect(retryDelay(0, () => 1)).toBe(500);
  expect(retryDelay(3, () => 1)).toBe(4_000);
  expect(retryDelay(1_000, () => 1)).toBe(30_000);
});
