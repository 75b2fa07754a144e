import type { Schemas } from "@quarry/client";
import { type Line, remarks, sideBySide, sums } from "../comparison.js";
import { type Content, type Panel, ask, column, fixedPanel, panel } from "../panels.js";
import { type State, titleOf } from "../state.js";

const RESOURCES = ["sources", "augmentations", "endpoints", "namespaces", "apps", "threads", "actions", "secrets", "models"] as const;
const RESOURCE_COLUMNS = RESOURCES.map((name) => column(titleOf(name)));

function workspace({ organization, workspace: id }: State) {
  return { path: { org_id: organization, workspace_id: id } };
}

type Executions = Schemas["OrgsTimeSeries"];

function executions(bucket: string, { data, comparison }: Executions, { compare }: State): Content {
  const line: Line = {
    name: "Executions",
    kind: "number",
    values: data.map(({ value }) => value),
    before: comparison && { values: comparison.map(({ value }) => value), changes: comparison.map(({ change }) => change) },
  };
  return {
    show: "line",
    ...sideBySide(column(bucket, "time"), data.map(({ timestamp }) => timestamp), comparison?.map(({ timestamp }) => timestamp), [line]),
    changes: sums([line]),
    remarks: remarks(compare),
  };
}

function compared({ tz, compare }: State) {
  return { tz, ...(compare === "none" ? {} : { compare }) };
}

export const ORGS: Panel[] = [
  fixedPanel<Schemas["OrgsOrgAnalyticsRollup"]>({
    id: "organization",
    title: "All workspaces",
    note: "Resources of all workspaces of the organization, and all of their executions that are kept.",
    show: "tiles",
    columns: [column("Workspaces"), column("Executions"), column("Successful"), column("Failed"), column("Success", "percent"), ...RESOURCE_COLUMNS],
    asks: ({ organization }) => [ask("/v1/orgs/{org_id}/analytics", { path: { org_id: organization } })],
    rows: ([answer]) => {
      const { total, success, failed, success_rate } = answer!.executions;
      return [[answer!.workspaces, total, success, failed, success_rate, ...RESOURCES.map((name) => answer!.resources[name])]];
    },
    without: ["compare"],
  }),
  fixedPanel<Schemas["OrgsResourceCounts"]>({
    id: "resources",
    title: "Resources of the workspace",
    note: "How many there are of each kind.",
    show: "tiles",
    columns: RESOURCE_COLUMNS,
    asks: (state) => [ask("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/resources", workspace(state))],
    rows: ([answer]) => [RESOURCES.map((name) => answer![name])],
    without: ["compare"],
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
  panel<Executions>({
    id: "executions-daily",
    title: "Executions by day",
    note: "Executions of each day.",
    asks: (state) => [
      ask("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions/daily", {
        ...workspace(state),
        query: { days: state.days, ...compared(state) },
      }),
    ],
    content: ([answer], state) => executions("Day", answer!, state),
  }),
  panel<Executions>({
    id: "executions-hourly",
    title: "Executions by hour",
    note: "Executions of each of the last 48 hours.",
    asks: (state) => [
      ask("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions/hourly", {
        ...workspace(state),
        query: { hours: 48, ...compared(state) },
      }),
    ],
    content: ([answer], state) => executions("Hour", answer!, state),
  }),
];
