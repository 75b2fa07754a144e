import { retryAfter } from "./errors.js";

/** When to send a request again. All requests are reads, so that this is safe. */
export interface RetryPolicy {
  /** How often a request is sent at most. */
  attempts: number;
  /** The longest wait between two attempts in milliseconds. An answer that asks for a longer one is final. */
  longestWait: number;
}

// Not 504: the first attempt may still run in the engine.
const TEMPORARY = new Set([429, 502, 503]);
const FIRST_PAUSE = 250;

/** Sends a request again after a lost connection and after answers that say "later", and honours Retry-After. */
export async function send(request: Request, policy: RetryPolicy, fetch: typeof globalThis.fetch): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const last = attempt >= policy.attempts;
    // Without Retry-After: 250 ms, 500 ms, ..., half of it at random, so that clients do not come back together.
    let wait = FIRST_PAUSE * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
    try {
      const response = await fetch(request.clone());
      wait = (retryAfter(response) ?? wait / 1000) * 1000;
      if (last || !TEMPORARY.has(response.status) || wait > policy.longestWait) {
        return response;
      }
      await response.body?.cancel();
    } catch (failure) {
      if (last || request.signal.aborted) {
        throw failure;
      }
    }
    await pause(wait, request.signal);
  }
}

/** Waits; rejects with the signal's reason if it aborts. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const aborted = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", aborted);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", aborted, { once: true });
  });
}
