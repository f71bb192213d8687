import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./schema";
import type { Problem } from "./types";

/** A reply that is not a success. */
export class ApiError extends Error {
  /** The HTTP status. */
  readonly status: number;
  /** The stable code of the problem, if the reply carried one. */
  readonly code: Problem["code"] | undefined;
  /** The field of the request that it is about, if it is about one. */
  readonly field: string | undefined;
  /** After how many seconds it may be tried again, if that helps. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, problem: Partial<Problem> | undefined, retryAfter?: string | null) {
    super(problem?.detail ?? `The server answered ${status}.`);
    this.name = "ApiError";
    this.status = status;
    this.code = problem?.code;
    this.field = problem?.field ?? undefined;
    const seconds = Number.parseInt(retryAfter ?? "", 10);
    this.retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined;
  }

  /** Whether the credential is unknown, revoked, lacks the right, or belongs to another organization. */
  get refused(): boolean {
    return this.status === 401 || this.status === 403 || this.status === 404;
  }
}

/** What a caller shows to be let in. */
export interface Credential {
  /** What stands behind `Bearer`. */
  bearer(): Promise<string>;
  /** What to show instead of `refused`, which the server did not accept; nothing if there is no other. */
  renew(refused: string): Promise<string | undefined>;
}

/** The HTTP API, typed by its contract. */
export type Http = Client<paths>;

/** Where the API is. */
export function apiUrl(): string {
  return import.meta.env.VITE_API_URL ?? window.location.origin;
}

/** The API for the holder of `credential`, or for anybody. */
export function createHttp(credential?: Credential): Http {
  return createClient<paths>({
    baseUrl: apiUrl(),
    fetch: credential === undefined ? (request) => fetch(request) : (request) => send(request, credential),
  });
}

/** Sends `request`, and once more if its credential has ended meanwhile. */
export async function send(request: Request, credential: Credential): Promise<Response> {
  const again = request.clone();
  const bearer = await credential.bearer();
  request.headers.set("Authorization", `Bearer ${bearer}`);
  const response = await fetch(request);
  if (!isOver(response)) return response;
  const renewed = await credential.renew(bearer);
  if (renewed === undefined) return response;
  again.headers.set("Authorization", `Bearer ${renewed}`);
  return fetch(again);
}

/**
 * Whether the credential is not accepted any more. The API says 401. So does the gateway in front of it only when there is
 * none at all: what its authorizer does not let in is 403, but without the problem by which the API tells what somebody
 * may not do.
 */
function isOver(response: Response): boolean {
  const problem = response.headers.get("Content-Type")?.startsWith("application/problem+json") ?? false;
  return response.status === 401 || (response.status === 403 && !problem);
}

interface Result<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The body of a success. */
export function unwrap<T>(result: Result<T>): T {
  check(result);
  if (result.data === undefined) throw new ApiError(result.response.status, undefined);
  return result.data;
}

/** Nothing, if it is a success. */
export function check({ error, response }: Result<unknown>): void {
  if (response.ok) return;
  const problem = typeof error === "object" && error !== null ? error : undefined;
  throw new ApiError(response.status, problem, response.headers.get("Retry-After"));
}

/** A value for `Idempotency-Key`: what is sent twice with the same one is done once. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The items of every page of a list. */
export async function everyPage<T>(
  page: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor?: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor);
    items.push(...next.items);
    cursor = next.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
