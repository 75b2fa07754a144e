package dev.quarry.bench.bare;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jboss.resteasy.reactive.RestQuery;

/** Sends JSON of about the size that the client wants. It does nothing else, so no answer of a service can be cheaper. */
@Path("/")
@Singleton
@RunOnVirtualThread
public class BareResource {
    private static final LocalDate FIRST = LocalDate.of(2026, 2, 1);
    private static final int VALUE = 12_345;
    /** Bytes of a {@link Point} in JSON, with its comma. */
    private static final int POINT_BYTES = "{'period':'2026-02-01','value':12345},".length();

    private final Map<Integer, Series> series = new ConcurrentHashMap<>();
    private final Map<Integer, byte[]> bytes = new ConcurrentHashMap<>();

    /** A series like those of the services. */
    public record Series(String metric, List<Point> data) {}

    /** A value of a day. */
    public record Point(LocalDate period, Number value) {}

    /** Serializes records for each request. */
    @GET
    @Path("json")
    public Series json(@RestQuery("bytes") int wanted) {
        return series.computeIfAbsent(wanted, BareResource::seriesOf);
    }

    /** Sends bytes that were made before. */
    @GET
    @Path("bytes")
    @Produces(MediaType.APPLICATION_JSON)
    public byte[] bytes(@RestQuery("bytes") int wanted) {
        return bytes.computeIfAbsent(wanted, size -> (" ".repeat(size - 2) + "{}").getBytes(StandardCharsets.US_ASCII));
    }

    private static Series seriesOf(int wanted) {
        return new Series(
                "dau",
                IntStream.range(0, wanted / POINT_BYTES)
                        .mapToObj(day -> new Point(FIRST.plusDays(day % 90), VALUE))
                        .toList());
    }
}
