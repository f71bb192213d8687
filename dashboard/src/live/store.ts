import type { AlertView, Overview, ServerMessage, UnitSnapshot } from "../api/types";
import { byUrgency, supersedes, urgency } from "./severity";

/** Whether the page hears of changes as they happen. */
export type ConnectionStatus = "connecting" | "live" | "reconnecting" | "offline";

/** What a message asks of whoever handed it to the store. */
export interface Applied {
  /** Whether a unit's `rev` shows that a message about it was missed: its history has a hole. */
  readonly gap: boolean;
  /** The sequence number to resume from, unless what was missed is on its way already. */
  readonly resyncSince?: number;
  /** Whether the message speaks of a unit that no overview has named. */
  readonly unknownUnit: boolean;
}

type Listener = () => void;

interface KnownAlert {
  readonly view: AlertView;
  /** The store's own count when this was last told; see {@link LiveStore.mark}. */
  readonly told: number;
}

/**
 * What is known of units and alerts now, outside of React: each component listens to exactly what it shows, so a
 * reading of one unit renders one card.
 */
export class LiveStore {
  readonly #units = new Map<string, UnitSnapshot>();
  readonly #alerts = new Map<string, KnownAlert>();
  readonly #unitListeners = new Map<string, Set<Listener>>();
  readonly #orderListeners = new Set<Listener>();
  readonly #alertListeners = new Set<Listener>();
  readonly #connectionListeners = new Set<Listener>();
  #openAlerts: readonly AlertView[] = [];
  #unsignedAlerts: readonly AlertView[] = [];
  #order = 0;
  #connection: ConnectionStatus = "connecting";
  #seq = 0;
  #told = 0;
  #resyncing = false;

  /** The newest sequence number handled: where to resume from. */
  get seq(): number {
    return this.#seq;
  }

  /** Rises whenever the order of units by urgency may have changed. */
  get order(): number {
    return this.#order;
  }

  /** Open alerts, the most urgent first. The same array until one of them changes. */
  get openAlerts(): readonly AlertView[] {
    return this.#openAlerts;
  }

  /** Alerts whose condition is over and that nobody has signed, the most urgent first. The same array until one changes. */
  get unsignedAlerts(): readonly AlertView[] {
    return this.#unsignedAlerts;
  }

  get connection(): ConnectionStatus {
    return this.#connection;
  }

  /** What is known of a unit. The same object until the unit changes. */
  unit(unitId: string): UnitSnapshot | undefined {
    return this.#units.get(unitId);
  }

  /** A point in the store's own history, to be taken before a request whose reply goes to {@link loadAlerts}. */
  mark(): number {
    return this.#told;
  }

  /** Takes what an overview says; anything newer that was heard live stays. */
  loadOverview(overview: Overview): void {
    for (const site of overview.sites) {
      for (const area of site.areas) {
        for (const unit of area.units) this.#mergeUnit(unit.now);
      }
    }
    // Only the first overview sets the position: after that the socket's own messages do, and moving past
    // them could hide one that is still on its way.
    if (this.#seq === 0) this.#seq = Date.parse(overview.as_of);
  }

  /**
   * Takes the complete list of alerts that are open or unsigned, as it was read after `mark`. Alerts that are not in it
   * have ended and are signed, except those that were told of live while it was being read.
   */
  loadAlerts(alerts: readonly AlertView[], mark: number): void {
    const listed = new Set(alerts.map((alert) => alert.id));
    for (const [id, known] of this.#alerts) {
      if (!listed.has(id) && known.told <= mark) this.#alerts.delete(id);
    }
    for (const alert of alerts) this.#mergeAlert(alert);
    this.#publishAlerts();
  }

  /** Takes an alert as the reply to what was done about it shows it. */
  tell(alert: AlertView): void {
    this.#mergeAlert(alert);
    this.#publishAlerts();
  }

  /** Tells that the missed messages have been asked for: until they have come, gaps are expected. */
  beginResync(): void {
    this.#resyncing = true;
  }

  /** Takes a message of the socket. */
  apply(message: ServerMessage): Applied {
    const before = this.#seq;
    this.#seq = Math.max(this.#seq, message.seq);
    switch (message.type) {
      case "units.changed": {
        let gap = false;
        let unknownUnit = false;
        for (const unit of message.data.units) {
          const known = this.#units.get(unit.unit_id);
          if (known === undefined) unknownUnit = true;
          else if (unit.rev > known.rev + 1) gap = true;
          this.#mergeUnit(unit);
        }
        return gap && !this.#resyncing ? { gap, resyncSince: before, unknownUnit } : { gap, unknownUnit };
      }
      case "alerts.changed":
        for (const alert of message.data.alerts) this.#mergeAlert(alert);
        this.#publishAlerts();
        return { gap: false, unknownUnit: false };
      case "resynced":
      case "error":
        this.#resyncing = false;
        return { gap: false, unknownUnit: false };
      default:
        return { gap: false, unknownUnit: false };
    }
  }

  setConnection(status: ConnectionStatus): void {
    if (status === this.#connection) return;
    this.#connection = status;
    notify(this.#connectionListeners);
  }

  subscribeUnit(unitId: string, listener: Listener): () => void {
    let listeners = this.#unitListeners.get(unitId);
    if (listeners === undefined) {
      listeners = new Set();
      this.#unitListeners.set(unitId, listeners);
    }
    return add(listeners, listener);
  }

  subscribeOrder(listener: Listener): () => void {
    return add(this.#orderListeners, listener);
  }

  subscribeAlerts(listener: Listener): () => void {
    return add(this.#alertListeners, listener);
  }

  subscribeConnection(listener: Listener): () => void {
    return add(this.#connectionListeners, listener);
  }

  #mergeUnit(next: UnitSnapshot): void {
    const known = this.#units.get(next.unit_id);
    if (known !== undefined && next.rev <= known.rev) return;
    this.#units.set(next.unit_id, next);
    notify(this.#unitListeners.get(next.unit_id));
    if (known === undefined || urgency(known) !== urgency(next)) {
      this.#order += 1;
      notify(this.#orderListeners);
    }
  }

  #mergeAlert(next: AlertView): void {
    this.#told += 1;
    const known = this.#alerts.get(next.id);
    if (known !== undefined && !supersedes(next, known.view)) return;
    // Where only the condition is told of, what people did about it is as it was.
    const handling = next.handling ?? known?.view.handling;
    this.#alerts.set(next.id, { view: handling == null ? next : { ...next, handling }, told: this.#told });
  }

  #publishAlerts(): void {
    const alerts = [...this.#alerts.values()].map((known) => known.view).sort(byUrgency);
    this.#openAlerts = alerts.filter((alert) => alert.status === "open");
    this.#unsignedAlerts = alerts.filter((alert) => alert.status !== "open" && alert.handling?.needs_signature === true);
    notify(this.#alertListeners);
  }
}

function add(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function notify(listeners: ReadonlySet<Listener> | undefined): void {
  for (const listener of listeners ?? []) listener();
}
