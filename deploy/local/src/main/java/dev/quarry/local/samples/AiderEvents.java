package dev.quarry.local.samples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.quarry.local.samples.BronzeRow.Dimensions;
import dev.quarry.local.samples.BronzeRow.Event;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Usage events of a developer's tool, one JSON object per line: {@code event, properties, user_id, time} with the time in
 * seconds since 1970.
 *
 * <ul>
 *   <li>A finished message to the model ({@code message_send}) and every {@code command_*} is a tool call, named by the
 *       event; commands are features too. {@code launched} is {@code session_start}, {@code exit} is
 *       {@code session_end}; any other event keeps its name, with underscores for blanks, as its kind.
 *   <li>The tool sends no sessions. A session begins with a launch and ends with an exit, or with a gap of 30 minutes or
 *       more. Its id is that of its first event.
 *   <li>Only some events have dimensions. A user's later events take the values of the last such event.
 *   <li>Events without a user are left out.
 * </ul>
 */
final class AiderEvents implements SampleConverter {
    private static final Duration SESSION_GAP = Duration.ofMinutes(30);

    static final String NO_USER = "no user";
    static final String NOT_JSON = "not a JSON object";
    static final String INCOMPLETE = "no event name or no time";

    private final JsonMapper json = new JsonMapper();

    /** The known values of a user. */
    private record Known(String sessionId, Instant lastEvent, boolean exited, Dimensions dimensions) {}

    @Override
    public void convert(Reader file, LoadTarget target, Rows rows) throws IOException {
        EventIds ids = new EventIds();
        Map<String, Known> users = new HashMap<>();
        BufferedReader lines = new BufferedReader(file);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            rows.read();
            Optional<JsonNode> object = object(line);
            if (object.isEmpty()) {
                rows.leaveOut(NOT_JSON);
                continue;
            }
            String user = object.get().path("user_id").asText("");
            String name = object.get().path("event").asText("");
            Optional<Instant> time = time(object.get().path("time"));
            if (user.isBlank()) {
                rows.leaveOut(NO_USER);
            } else if (name.isBlank() || time.isEmpty()) {
                rows.leaveOut(INCOMPLETE);
            } else {
                UUID id = ids.next("aider\n" + line);
                Known known =
                        next(users.get(user), id, name, time.get(), object.get().path("properties"));
                users.put(user, known);
                rows.write(event(target, id, user, name, time.get(), known));
            }
        }
    }

    private static Event event(LoadTarget target, UUID id, String user, String name, Instant time, Known known) {
        boolean command = name.startsWith("command_");
        boolean toolCall = command || name.equals("message_send");
        String kind = toolCall
                ? "tool_call"
                : switch (name) {
                    case "launched" -> "session_start";
                    case "exit" -> "session_end";
                    default -> name.replace(' ', '_');
                };
        return new Event(
                target.organizationId(),
                id,
                target.moved(time),
                user,
                known.sessionId(),
                kind,
                toolCall ? name : "",
                command ? name : "",
                known.dimensions());
    }

    private static Known next(Known before, UUID id, String name, Instant time, JsonNode properties) {
        boolean fresh = before == null
                || before.exited()
                || name.equals("launched")
                || !time.isBefore(before.lastEvent().plus(SESSION_GAP));
        Dimensions known = before == null ? new Dimensions("", "aider", "", "", "") : before.dimensions();
        return new Known(
                fresh ? id.toString() : before.sessionId(),
                time,
                name.equals("exit"),
                new Dimensions(
                        "",
                        "aider",
                        properties.path("machine").asText(known.device()),
                        properties.path("os_platform").asText(known.platform()),
                        properties.path("aider_version").asText(known.version())));
    }

    private Optional<JsonNode> object(String line) {
        try {
            return Optional.of(json.readTree(line)).filter(JsonNode::isObject);
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> time(JsonNode seconds) {
        if (!seconds.isNumber()) {
            return LocalTimes.parse(seconds.asText(""));
        }
        BigDecimal milliseconds = seconds.decimalValue().movePointRight(3).setScale(0, RoundingMode.FLOOR);
        return milliseconds.precision() > 18
                ? Optional.empty()
                : Optional.of(Instant.ofEpochMilli(milliseconds.longValueExact()));
    }
}
