import { createContext, use, useCallback, useSyncExternalStore } from "react";
import type { AlertView, UnitSnapshot } from "../api/types";
import type { ConnectionStatus, LiveStore } from "./store";
import { serverNow, subscribeSeconds } from "./time";

const StoreContext = createContext<LiveStore | undefined>(undefined);

export const LiveStoreProvider = StoreContext.Provider;

/** The store of the organization that is shown. */
export function useLiveStore(): LiveStore {
  const store = use(StoreContext);
  if (store === undefined) throw new Error("no LiveStoreProvider around this component");
  return store;
}

/** A unit as it is now; renders when that unit changes and at no other time. */
export function useUnit(unitId: string): UnitSnapshot | undefined {
  const store = useLiveStore();
  const subscribe = useCallback((listener: () => void) => store.subscribeUnit(unitId, listener), [store, unitId]);
  return useSyncExternalStore(subscribe, () => store.unit(unitId));
}

/** Renders when the order of units by urgency may have changed. */
export function useUnitOrder(): number {
  const store = useLiveStore();
  const subscribe = useCallback((listener: () => void) => store.subscribeOrder(listener), [store]);
  return useSyncExternalStore(subscribe, () => store.order);
}

/** Open alerts, the most urgent first. */
export function useOpenAlerts(): readonly AlertView[] {
  const store = useLiveStore();
  const subscribe = useCallback((listener: () => void) => store.subscribeAlerts(listener), [store]);
  return useSyncExternalStore(subscribe, () => store.openAlerts);
}

/** Alerts whose condition is over and that nobody has signed, the most urgent first. */
export function useUnsignedAlerts(): readonly AlertView[] {
  const store = useLiveStore();
  const subscribe = useCallback((listener: () => void) => store.subscribeAlerts(listener), [store]);
  return useSyncExternalStore(subscribe, () => store.unsignedAlerts);
}

/** Whether the page hears of changes as they happen. */
export function useConnection(): ConnectionStatus {
  const store = useLiveStore();
  const subscribe = useCallback((listener: () => void) => store.subscribeConnection(listener), [store]);
  return useSyncExternalStore(subscribe, () => store.connection);
}

/** A text made from the server's time; renders in the seconds in which the text changes. */
export function useTimeText(text: (now: number) => string): string {
  return useSyncExternalStore(subscribeSeconds, () => text(serverNow()));
}
