import type { Family } from "@quarry/client";
import type { Panel } from "./panels.js";
import { APPS } from "./views/apps.js";
import { INTEGRATIONS } from "./views/integrations.js";
import { METRICS } from "./views/metrics.js";
import { ORGS } from "./views/orgs.js";

/** The views, by family. App health also has the log, which is no table of rows. */
export const VIEWS: Record<Family, { title: string; key: string; panels: Panel[] }> = {
  metrics: { title: "Product metrics", key: "MCPEEK_KEY", panels: METRICS },
  apps: { title: "App health", key: "MIXPEEK_KEY", panels: APPS },
  integrations: { title: "Integrations", key: "FEATHER_KEY", panels: INTEGRATIONS },
  orgs: { title: "Organization", key: "MECHA_TOKEN", panels: ORGS },
};
