/** Ages are counted against the server's clock: the clock of a wall tablet may be minutes off. */
let offsetMs = 0;

type Listener = () => void;
const listeners = new Set<Listener>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Takes the server's time as a reply or message told it. */
export function observeServerTime(at: string): void {
  const told = Date.parse(at);
  if (Number.isFinite(told)) offsetMs = told - Date.now();
}

/** The server's time now, in milliseconds since 1970. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}

/** Calls `listener` once a second. One timer serves the whole page. */
export function subscribeSeconds(listener: Listener): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const tick of listeners) tick();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}
