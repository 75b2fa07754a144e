package dev.quarry.local.gateway;

import static java.util.Objects.requireNonNull;

/**
 * A service behind the gateway, on this machine's loopback address.
 *
 * @param name a short name, as in {@code /docs/<name>}
 * @param title a readable name
 * @param prefix the path prefix of its routes, without a closing slash
 */
public record Upstream(String name, String title, String prefix, int port) {

    public Upstream {
        requireNonNull(name, "name is null");
        requireNonNull(title, "title is null");
        if (!prefix.matches("(/[a-z0-9-]+)+")) {
            throw new IllegalArgumentException("Not a route prefix: " + prefix);
        }
    }
}
