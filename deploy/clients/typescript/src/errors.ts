/** A parameter that the API did not accept. */
export interface Violation {
  /** Where the parameter is and its name, such as `query.limit`. */
  parameter: string;
  message: string;
}

/** A request that got no usable answer. The subclass says why. */
export class QuarryError extends Error {
  override readonly name: string = "QuarryError";

  constructor(
    message: string,
    /** HTTP status; 0 if there was no answer. */
    readonly status: number,
    /** Id of the request in the logs of gateway and service. */
    readonly requestId: string | undefined,
    /** The answer's body, in the format of its family. */
    readonly body: unknown,
  ) {
    super(message);
  }
}

/** 401: the credential is missing, unknown, expired or revoked. */
export class UnauthenticatedError extends QuarryError {
  override readonly name = "UnauthenticatedError";
}

/** 403: the credential does not have the permission. */
export class ForbiddenError extends QuarryError {
  override readonly name = "ForbiddenError";
}

/** 404: the caller's organisation has no such resource, or there is no such route. */
export class NotFoundError extends QuarryError {
  override readonly name = "NotFoundError";
}

/** 400 or 422: the request is not valid. */
export class InvalidRequestError extends QuarryError {
  override readonly name = "InvalidRequestError";

  constructor(
    message: string,
    status: number,
    requestId: string | undefined,
    body: unknown,
    readonly violations: Violation[],
  ) {
    super(message, status, requestId, body);
  }
}

/** 429: the credential made too many requests. */
export class RateLimitedError extends QuarryError {
  override readonly name = "RateLimitedError";

  constructor(
    message: string,
    status: number,
    requestId: string | undefined,
    body: unknown,
    /** Seconds to wait before the next attempt. */
    readonly retryAfter: number,
  ) {
    super(message, status, requestId, body);
  }
}

/** 502, 503 or 504: a service or a data store does not answer, or has too much to do. */
export class UnavailableError extends QuarryError {
  override readonly name = "UnavailableError";

  constructor(
    message: string,
    status: number,
    requestId: string | undefined,
    body: unknown,
    /** Seconds to wait before the next attempt, if the answer says so. */
    readonly retryAfter: number | undefined,
  ) {
    super(message, status, requestId, body);
  }
}

/** No answer: the connection failed, or was lost. */
export class ConnectionError extends QuarryError {
  override readonly name = "ConnectionError";

  constructor(cause: unknown) {
    super("The connection to Quarry failed", 0, undefined, undefined);
    this.cause = cause;
  }
}

/** The error that an answer means. */
export function errorOf(response: Response, body: unknown): QuarryError {
  const status = response.status;
  const requestId = response.headers.get("X-Request-Id") ?? undefined;
  const violations = violationsOf(body);
  const message = messageOf(body) ?? violations[0]?.message ?? `The answer has the status ${status}`;
  switch (status) {
    case 400:
    case 422:
      return new InvalidRequestError(message, status, requestId, body, violations);
    case 401:
      return new UnauthenticatedError(message, status, requestId, body);
    case 403:
      return new ForbiddenError(message, status, requestId, body);
    case 404:
      return new NotFoundError(message, status, requestId, body);
    case 429:
      return new RateLimitedError(message, status, requestId, body, retryAfter(response) ?? 1);
    case 502:
    case 503:
    case 504:
      return new UnavailableError(message, status, requestId, body, retryAfter(response));
    default:
      return new QuarryError(message, status, requestId, body);
  }
}

/** Seconds until the next attempt, by the header Retry-After: a number of seconds, or a date. */
export function retryAfter(response: Response): number | undefined {
  const header = response.headers.get("Retry-After");
  if (header === null) {
    return undefined;
  }
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** Each family has its own error format; three have `message`, one has `error.message`. */
function messageOf(body: unknown): string | undefined {
  const { message, error } = (body ?? {}) as { message?: unknown; error?: { message?: unknown } };
  const text = message ?? error?.message;
  return typeof text === "string" ? text : undefined;
}

function violationsOf(body: unknown): Violation[] {
  const { detail } = (body ?? {}) as { detail?: { loc: unknown[]; msg: string }[] };
  return Array.isArray(detail)
    ? detail.map(({ loc, msg }) => ({ parameter: loc.join("."), message: `${loc.at(-1)}: ${msg}` }))
    : [];
}
