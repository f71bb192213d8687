import { ApiError } from "../api/http";
import { SessionOver } from "../auth/session";
import { strings } from "./strings";

/** What went wrong, and what to do about it. */
export function explain(error: unknown): string {
  if (error instanceof SessionOver) return strings.problem.sessionOver;
  if (!(error instanceof ApiError)) {
    // `fetch` rejects with a TypeError when there was no answer.
    return error instanceof TypeError ? strings.problem.network : strings.problem.unknown;
  }
  if (error.code === undefined) return strings.problem.unknown;
  const ours = strings.problem.of[error.code];
  if (ours !== undefined) return ours(error.retryAfterSeconds);
  return error.message;
}
