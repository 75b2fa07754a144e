package dev.quarry.probe;

import dev.quarry.parameters.Parameters;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

@Path("/probe/parameters/{name}")
@RunOnVirtualThread
class ProbeParametersResource {
    private final Parameters<ProbeParameters> parameters;

    ProbeParametersResource(Parameters<ProbeParameters> parameters) {
        this.parameters = parameters;
    }

    @GET
    @PermitAll
    public String show() {
        ProbeParameters asked = parameters.read();
        return "%s, %d, %s%s"
                .formatted(
                        asked.name(),
                        asked.count(),
                        asked.mood().orElse("none"),
                        asked.text().map(text -> ", " + text).orElse(""));
    }
}
