package dev.quarry.local.samples;

import dev.quarry.local.samples.BronzeRow.CanvasAppEvent;
import dev.quarry.local.samples.BronzeRow.CanvasError;
import dev.quarry.local.samples.BronzeRow.CanvasRequestLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A web server's access log in the combined or common format.
 *
 * <ul>
 *   <li>Every line is a request of the app ({@code web} by default). The log has no durations: they are 0.
 *   <li>A {@code pageview} is a GET of a page (a path without file extension, or with one that servers render) answered
 *       2xx or 304. Other redirects do not count, because the browser then requests the target.
 *   <li>A status of 400 or more is an error of type {@code http_<status>}.
 *   <li>Client addresses are cut to their network (/24, IPv6 /48); a host name is dropped.
 * </ul>
 */
final class ApacheAccessLog implements SampleConverter {
    private static final Set<String> PAGE_EXTENSIONS =
            Set.of("", "html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp", "do");

    static final String NOT_COMBINED = "not in the combined log format";

    @Override
    public void convert(Reader file, LoadTarget target, Rows rows) throws IOException {
        EventIds ids = new EventIds();
        BufferedReader lines = new BufferedReader(file);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            rows.read();
            Optional<CombinedLogLine> parsed = CombinedLogLine.parse(line);
            if (parsed.isEmpty()) {
                rows.leaveOut(NOT_COMBINED);
            } else {
                rows.write(rows(parsed.get(), ids.next("apache\n" + line), target));
            }
        }
    }

    private static BronzeRow[] rows(CombinedLogLine line, UUID id, LoadTarget target) {
        String organization = target.organizationId();
        String app = target.appOr("web");
        Instant time = target.moved(line.time());
        List<BronzeRow> rows = new ArrayList<>();
        rows.add(new CanvasRequestLog(
                organization,
                app,
                time,
                id,
                line.method(),
                line.path(),
                line.status(),
                0,
                line.userAgent(),
                network(line.client())));
        if (isPageView(line)) {
            rows.add(new CanvasAppEvent(organization, app, time, id, "pageview", line.path()));
        }
        if (line.status() >= 400) {
            String message = "%s %s was answered %d".formatted(line.method(), line.path(), line.status());
            rows.add(new CanvasError(organization, app, time, id, "http_" + line.status(), message, line.path()));
        }
        return rows.toArray(BronzeRow[]::new);
    }

    private static boolean isPageView(CombinedLogLine line) {
        boolean delivered = line.status() / 100 == 2 || line.status() == 304;
        return delivered && line.method().equals("GET") && PAGE_EXTENSIONS.contains(extension(line.path()));
    }

    private static String extension(String target) {
        String path = target.split("[?#;]", 2)[0];
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.contains(".") ? name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT) : "";
    }

    static String network(String client) {
        try {
            byte[] address = InetAddress.ofLiteral(client).getAddress();
            Arrays.fill(address, address.length == 4 ? 3 : 6, address.length, (byte) 0);
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (IllegalArgumentException | UnknownHostException notAnAddress) {
            return "";
        }
    }
}
