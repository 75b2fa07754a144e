package dev.quarry.local;

import java.util.Locale;

/** The parts of the stack that listen. Each has an option for its port, and listens on the loopback address. */
enum Port {
    GATEWAY(8080),
    APPS(8081),
    METRICS(8082),
    INTEGRATIONS(8083),
    ORG(8084),
    CLICKHOUSE(18123),
    POSTGRES(15432);

    private final int standard;

    Port(int standard) {
        this.standard = standard;
    }

    int standard() {
        return standard;
    }

    String option() {
        return "--" + name().toLowerCase(Locale.ROOT) + "-port";
    }

    String variable() {
        return "QUARRY_" + name() + "_PORT";
    }
}
