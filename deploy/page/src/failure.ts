import { ConnectionError, ForbiddenError, RateLimitedError, UnauthenticatedError, UnavailableError } from "@quarry/client";

/** What went wrong, and what to do about it. */
export function sentence(failure: unknown): string {
  if (failure instanceof UnauthenticatedError) {
    return "The key is wrong, expired or revoked. Sign in again.";
  }
  if (failure instanceof ForbiddenError) {
    return "The key does not have the permission to read this.";
  }
  if (failure instanceof RateLimitedError) {
    const seconds = Math.ceil(failure.retryAfter);
    return `Too many requests with this key. Try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
  }
  if (failure instanceof UnavailableError) {
    return "Quarry is busy, or one of its services is down. Try again in a moment.";
  }
  if (failure instanceof ConnectionError) {
    return "There is no connection to Quarry.";
  }
  return failure instanceof Error ? `${failure.message}.`.replace("..", ".") : String(failure);
}
