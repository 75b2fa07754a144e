package dev.quarry.organizations;

import java.util.List;

/** One of the eleven routes, below an organisation, with the published schema of what it answers. */
record Route(String path, String schema) {
    static final String WORKSPACE = "main";
    static final String APP = "app";
    static final String NAMESPACE = "namespace";

    static List<Route> all() {
        String workspace = "/workspaces/" + WORKSPACE;
        return List.of(
                new Route("/analytics", "OrgAnalyticsRollup"),
                new Route(workspace + "/analytics", "WorkspaceAnalyticsSummary"),
                new Route(workspace + "/analytics/resources", "ResourceCounts"),
                new Route(workspace + "/analytics/executions", "ExecutionMetrics"),
                new Route(workspace + "/analytics/executions/hourly", "TimeSeries"),
                new Route(workspace + "/analytics/executions/daily", "TimeSeries"),
                new Route(workspace + "/apps/" + APP + "/analytics", "AppAnalytics"),
                new Route(workspace + "/namespaces/" + NAMESPACE + "/analytics", "NamespaceAnalytics"),
                new Route(workspace + "/analytics/actions", "ActionAnalytics"),
                new Route(workspace + "/analytics/secrets", "SecretAnalytics"),
                new Route(workspace + "/analytics/sources", "SourceAnalytics"));
    }

    @Override
    public String toString() {
        return path;
    }
}
