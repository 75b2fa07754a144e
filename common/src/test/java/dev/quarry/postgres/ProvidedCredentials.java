package dev.quarry.postgres;

import io.quarkus.arc.Unremovable;
import io.quarkus.credentials.CredentialsProvider;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Tells the user of {@link TlsPostgres}, to services that are set to ask for it. */
@ApplicationScoped
@Unremovable
public class ProvidedCredentials implements CredentialsProvider {
    static final String NAME = "tests";
    static final String USER = "provided";

    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public Map<String, String> getCredentials(String name) {
        asked.incrementAndGet();
        if (!name.equals(NAME)) {
            throw new IllegalArgumentException(name);
        }
        return Map.of(USER_PROPERTY_NAME, USER, PASSWORD_PROPERTY_NAME, "password");
    }

    int asked() {
        return asked.get();
    }
}
