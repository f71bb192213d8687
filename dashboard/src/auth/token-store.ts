const DATABASE = "freshtrack.session";
const STORE = "tokens";
const KEY = "refresh";

/** Keeps the refresh token where every tab of the browser reads what the last of them has written. */
export interface TokenStore {
  readonly read: () => Promise<string | undefined>;
  readonly write: (token: string) => Promise<void>;
  /** Puts `next` in the place of `present`. Whether that was still there. */
  readonly exchange: (present: string, next: string) => Promise<boolean>;
  readonly forget: () => Promise<void>;
}

/**
 * The store of this browser.
 *
 * Local storage would be simpler, but what one tab writes there reaches the others when they get round to it: a tab that is
 * busy loading would present a token that two others have used meanwhile, and the server would take it for a stolen one.
 */
export function browserTokenStore(): TokenStore {
  let opened: Promise<IDBDatabase> | undefined;
  const inTransaction = async <T>(mode: IDBTransactionMode, work: (store: IDBObjectStore, done: (value: T) => void) => void): Promise<T> => {
    opened ??= open();
    const transaction = (await opened).transaction(STORE, mode);
    return new Promise<T>((resolve, reject) => {
      let result: { readonly value: T } | undefined;
      transaction.oncomplete = () => {
        if (result === undefined) reject(new Error("the transaction came to nothing"));
        else resolve(result.value);
      };
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("the transaction was aborted"));
      work(transaction.objectStore(STORE), (value) => {
        result = { value };
      });
    });
  };
  const held = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  return {
    read: () =>
      inTransaction("readonly", (store, done) => {
        const reading = store.get(KEY);
        reading.onsuccess = () => done(held(reading.result));
      }),
    write: (token) => inTransaction("readwrite", (store, done) => done(void store.put(token, KEY))),
    exchange: (present, next) =>
      inTransaction("readwrite", (store, done) => {
        const reading = store.get(KEY);
        reading.onsuccess = () => {
          const isPresent = held(reading.result) === present;
          if (isPresent) store.put(next, KEY);
          done(isPresent);
        };
      }),
    forget: () => inTransaction("readwrite", (store, done) => done(void store.delete(KEY))),
  };
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = window.indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => void opening.result.createObjectStore(STORE);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error ?? new Error("the database was not opened"));
  });
}
