import { beforeEach, describe, expect, test, vi } from "vitest";
import { alertsChanged, alertView, overview, resynced, SEQ, unitsChanged, unitSnapshot } from "./fixtures";
import { LiveStore } from "./store";

let store: LiveStore;

beforeEach(() => {
  store = new LiveStore();
  store.loadOverview(overview([unitSnapshot(), unitSnapshot({ unit_id: "unt_2" })]));
});

describe("units", () => {
  test("resume from where the overview was read", () => {
    expect(store.seq).toBe(SEQ);
  });

  test("take the next revision", () => {
    const next = unitSnapshot({ rev: 2, temperature_c: 4.25 });
    expect(store.apply(unitsChanged(SEQ + 10, next))).toEqual({ gap: false, unknownUnit: false });
    expect(store.unit("unt_1")).toBe(next);
    expect(store.seq).toBe(SEQ + 10);
  });

  test.each([0, 1])("keep what they have when revision %i comes after revision 1", (rev) => {
    const before = store.unit("unt_1");
    store.apply(unitsChanged(SEQ + 10, unitSnapshot({ rev, temperature_c: 99 })));
    expect(store.unit("unt_1")).toBe(before);
  });

  test("show the newest at once when a revision was missed, and ask for the rest from before it", () => {
    store.apply(unitsChanged(SEQ + 10, unitSnapshot({ rev: 2 })));
    const { resyncSince } = store.apply(unitsChanged(SEQ + 20, unitSnapshot({ rev: 4, temperature_c: 8 })));
    expect(resyncSince).toBe(SEQ + 10);
    expect(store.unit("unt_1")?.temperature_c).toBe(8);
  });

  test("expect gaps while missed messages are on their way, and not after", () => {
    store.beginResync();
    expect(store.apply(unitsChanged(SEQ + 10, unitSnapshot({ rev: 7 }))).resyncSince).toBeUndefined();
    store.apply(resynced(SEQ + 11));
    expect(store.apply(unitsChanged(SEQ + 20, unitSnapshot({ rev: 9 }))).resyncSince).toBe(SEQ + 11);
  });

  test("never move the position back", () => {
    store.apply(unitsChanged(SEQ + 50, unitSnapshot({ rev: 2 })));
    store.apply(unitsChanged(SEQ + 20, unitSnapshot({ unit_id: "unt_2", rev: 2 })));
    store.loadOverview(overview([]));
    expect(store.seq).toBe(SEQ + 50);
  });

  test("report one that no overview has named", () => {
    expect(store.apply(unitsChanged(SEQ + 1, unitSnapshot({ unit_id: "unt_new" }))).unknownUnit).toBe(true);
  });

  test("keep what was heard live when an older overview comes in", () => {
    store.apply(unitsChanged(SEQ + 10, unitSnapshot({ rev: 3, temperature_c: 8 })));
    store.loadOverview(overview([unitSnapshot({ rev: 2, temperature_c: 4 })]));
    expect(store.unit("unt_1")?.temperature_c).toBe(8);
  });

  test("render alone", () => {
    const first = vi.fn();
    const second = vi.fn();
    store.subscribeUnit("unt_1", first);
    store.subscribeUnit("unt_2", second);
    store.apply(unitsChanged(SEQ + 1, unitSnapshot({ rev: 2 })));
    expect(first).toHaveBeenCalledTimes(1);
    expect(second).not.toHaveBeenCalled();
  });

  test("change the order only with their urgency", () => {
    const reorder = vi.fn();
    store.subscribeOrder(reorder);
    store.apply(unitsChanged(SEQ + 1, unitSnapshot({ rev: 2, temperature_c: 4.9 })));
    expect(reorder).not.toHaveBeenCalled();
    store.apply(unitsChanged(SEQ + 2, unitSnapshot({ rev: 3, status: "excursion" })));
    expect(reorder).toHaveBeenCalledTimes(1);
  });

  test("are no longer told of to those who left", () => {
    const listener = vi.fn();
    store.subscribeUnit("unt_1", listener)();
    store.apply(unitsChanged(SEQ + 1, unitSnapshot({ rev: 2 })));
    expect(listener).not.toHaveBeenCalled();
  });
});

describe("alerts", () => {
  const openIds = () => store.openAlerts.map((alert) => alert.id);

  test("come the most severe first, then the newest", () => {
    store.apply(
      alertsChanged(
        SEQ,
        alertView({ id: "alt_old", opened_at: "2026-11-21T07:00:00Z" }),
        alertView({ id: "alt_new" }),
        alertView({ id: "alt_bad", severity: "critical", opened_at: "2026-11-21T06:00:00Z" }),
      ),
    );
    expect(openIds()).toEqual(["alt_bad", "alt_new", "alt_old"]);
  });

  test("leave when they end, and a late message does not bring them back", () => {
    store.apply(alertsChanged(SEQ, alertView()));
    store.apply(alertsChanged(SEQ + 1, alertView({ status: "resolved" })));
    store.apply(alertsChanged(SEQ + 1, alertView({ severity: "critical" })));
    expect(openIds()).toEqual([]);
  });

  test("never become milder", () => {
    store.apply(alertsChanged(SEQ, alertView({ severity: "critical" })));
    store.apply(alertsChanged(SEQ, alertView({ severity: "warning" })));
    expect(store.openAlerts[0]?.severity).toBe("critical");
  });

  test("that a list no longer has are gone", () => {
    store.loadAlerts([alertView({ id: "alt_1" }), alertView({ id: "alt_2" })], store.mark());
    store.loadAlerts([alertView({ id: "alt_2" })], store.mark());
    expect(openIds()).toEqual(["alt_2"]);
  });

  test("that are over ask for a signature until somebody has signed them", () => {
    const over = { id: "alt_1", status: "resolved" } as const;
    store.apply(alertsChanged(SEQ, alertView({ id: "alt_1" })));
    store.apply(alertsChanged(SEQ + 1, alertView(over)));
    expect(openIds()).toEqual([]);
    expect(store.unsignedAlerts.map((alert) => alert.id)).toEqual(["alt_1"]);
    store.tell(alertView({ ...over, handling: { status: "acknowledged", needs_signature: false } }));
    expect(store.unsignedAlerts).toEqual([]);
  });

  test("keep what people did where only their condition is told of", () => {
    store.tell(alertView({ handling: { status: "acknowledged", needs_signature: false } }));
    store.apply(alertsChanged(SEQ, alertView({ worst_c: 9, handling: null })));
    expect(store.openAlerts[0]).toMatchObject({ worst_c: 9, handling: { status: "acknowledged" } });
  });

  test("told of while a list was being read outlive that list", () => {
    const mark = store.mark();
    store.apply(alertsChanged(SEQ + 1, alertView({ id: "alt_new" }), alertView({ id: "alt_over", status: "resolved" })));
    store.loadAlerts([alertView({ id: "alt_over" })], mark);
    expect(openIds()).toEqual(["alt_new"]);
  });
});
