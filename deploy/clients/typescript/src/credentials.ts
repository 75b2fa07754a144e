/** The four APIs. */
export type Family = "apps" | "metrics" | "integrations" | "orgs";

/** A key or token for each family that is called. */
export interface Credentials {
  /** MCPeek key, for `/v1/metrics`. */
  metrics?: string | undefined;
  /** Mixpeek key, for `/v1/apps`. */
  apps?: string | undefined;
  /** Feather key, for `/v1/analytics/integrations`. */
  integrations?: string | undefined;
  /** MechaMental token, for `/v1/orgs`. */
  orgs?: string | undefined;
  /** A dashboard session for `/v1/metrics`, in place of a key. */
  session?: { token: string; organization: string } | undefined;
}

const PREFIXES: Record<Family, string> = {
  apps: "/v1/apps/",
  metrics: "/v1/metrics/",
  integrations: "/v1/analytics/integrations/",
  orgs: "/v1/orgs/",
};

/** The family of a path. */
export function familyOf(path: string): Family {
  const family = (Object.keys(PREFIXES) as Family[]).find((one) => path.startsWith(PREFIXES[one]));
  if (family === undefined) {
    throw new TypeError(`${path} is not a path of Quarry`);
  }
  return family;
}

/** The headers by which a family authenticates its callers. */
export function authentication(family: Family, credentials: Credentials): Record<string, string> {
  const key = credentials[family];
  if (key !== undefined) {
    return family === "apps" || family === "orgs" ? { Authorization: `Bearer ${key}` } : { "x-api-key": key };
  }
  if (family === "metrics" && credentials.session !== undefined) {
    return {
      "x-session-token": credentials.session.token,
      "x-organization-id": credentials.session.organization,
    };
  }
  return {};
}
