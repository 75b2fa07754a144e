import type { Schemas } from "@quarry/client";
import { type Panel, type Row, ask, column, fixedPanel } from "../panels.js";
import type { State } from "../state.js";

const RESOURCES = ["sources", "augmentations", "endpoints", "namespaces", "apps", "threads", "actions", "secrets", "models"] as const;
const RESOURCE_COLUMNS = RESOURCES.map((name) => column(name.charAt(0).toUpperCase() + name.slice(1)));

function workspace({ organization, workspace: id }: State) {
  return { path: { org_id: organization, workspace_id: id } };
}

type Executions = Schemas["OrgsTimeSeries"];

/** Each bucket beside the one in its place before. */
function withPrevious([answer]: Executions[]): Row[] {
  return answer!.data.map(({ timestamp, value }, index) => [timestamp, value, answer!.previous?.[index]?.value ?? null]);
}

export const ORGS: Panel[] = [
  fixedPanel<Schemas["OrgsOrgAnalyticsRollup"]>({
    id: "organization",
    title: "All workspaces",
    note: "Resources and executions of all workspaces of the organization.",
    show: "tiles",
    columns: [column("Workspaces"), column("Executions"), column("Successful"), column("Failed"), column("Success", "percent"), ...RESOURCE_COLUMNS],
    asks: ({ organization }) => [ask("/v1/orgs/{org_id}/analytics", { path: { org_id: organization } })],
    rows: ([answer]) => {
      const { total, success, failed, success_rate } = answer!.executions;
      return [[answer!.workspaces, total, success, failed, success_rate, ...RESOURCES.map((name) => answer!.resources[name])]];
    },
  }),
  fixedPanel<Schemas["OrgsResourceCounts"]>({
    id: "resources",
    title: "Resources of the workspace",
    note: "How many there are of each kind.",
    show: "tiles",
    columns: RESOURCE_COLUMNS,
    asks: (state) => [ask("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/resources", workspace(state))],
    rows: ([answer]) => [RESOURCES.map((name) => answer![name])],
  }),
  fixedPanel<Schemas["OrgsExecutionMetricsResponse"]>({
    id: "executions",
    title: "Executions of the workspace",
    note: "In the window, and in as many days before.",
    show: "table",
    columns: [column("Period", "text"), column("Executions"), column("Successful"), column("Failed"), column("Success", "percent")],
    asks: (state) => [
      ask("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions", {
        ...workspace(state),
        query: { days: state.days, tz: state.tz, include: "previous" },
      }),
    ],
    rows: ([answer]) =>
      [{ name: "Window", numbers: answer! }, ...(answer!.previous ? [{ name: "Before", numbers: answer!.previous }] : [])].map(
        ({ name, numbers }) => [name, numbers.total, numbers.success, numbers.failed, numbers.success_rate],
      ),
  }),
  fixedPanel<Executions>({
    id: "executions-daily",
    title: "Executions by day",
    note: "Each day, and the day in its place in the window before.",
    show: "line",
    columns: [column("Day", "time"), column("Executions"), column("Before")],
    asks: (state) => [
      ask("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions/daily", {
        ...workspace(state),
        query: { days: state.days, tz: state.tz, include: "previous" },
      }),
    ],
    rows: withPrevious,
  }),
  fixedPanel<Executions>({
    id: "executions-hourly",
    title: "Executions by hour",
    note: "Each of the last 48 hours, and the hour in its place before.",
    show: "line",
    columns: [column("Hour", "time"), column("Executions"), column("Before")],
    asks: (state) => [
      ask("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions/hourly", {
        ...workspace(state),
        query: { hours: 48, tz: state.tz, include: "previous" },
      }),
    ],
    rows: withPrevious,
  }),
];
