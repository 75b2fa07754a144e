package dev.quarry.caller;

/** Permissions of keys and members, named {@code resource:action}. */
public final class Permissions {
    public static final String APPS_READ = "apps:read";
    public static final String METRICS_READ = "metrics:read";
    public static final String INTEGRATIONS_READ = "integrations:read";
    public static final String ANALYTICS_READ = "analytics:read";

    private Permissions() {}
}
