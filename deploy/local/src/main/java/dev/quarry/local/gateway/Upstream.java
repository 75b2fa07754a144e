package dev.quarry.local.gateway;

import static java.util.Objects.requireNonNull;

/**
 * A service behind the gateway, on this machine's loopback address.
 *
 * @param name short, as it stands in {@code /docs/<name>}
 * @param title for people
 * @param prefix the path under which all of its routes lie, without a closing slash
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
