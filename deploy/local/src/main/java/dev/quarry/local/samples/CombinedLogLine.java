package dev.quarry.local.samples;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/**
 * One line of an access log: {@code client identity user [time] "request" status bytes "referer" "agent"}, where referer
 * and agent may be missing and the line may end inside the agent.
 *
 * @param method {@code -} if the request was not HTTP; the path is then the whole request
 * @param path as sent, with its query
 */
record CombinedLogLine(String client, Instant time, String method, String path, int status, String userAgent) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.ENGLISH);

    static Optional<CombinedLogLine> parse(String line) {
        int opening = line.indexOf(" [");
        int closing = line.indexOf("] \"", opening + 1);
        if (opening < 1 || closing < 0) {
            return Optional.empty();
        }
        int requestStart = closing + 3;
        int requestEnd = closingQuote(line, requestStart);
        if (requestEnd == line.length()) {
            return Optional.empty();
        }
        String[] answer = line.substring(requestEnd + 1).stripLeading().split(" ", 3);
        Optional<Instant> time = time(line.substring(opening + 2, closing));
        if (time.isEmpty() || !answer[0].matches("[1-9]\\d\\d")) {
            return Optional.empty();
        }
        String request = line.substring(requestStart, requestEnd);
        String[] words = request.split(" ", -1);
        boolean http = words[0].matches("[A-Z]{2,20}") && words.length > 1;
        return Optional.of(new CombinedLogLine(
                line.substring(0, line.indexOf(' ')),
                time.get(),
                http ? words[0] : "-",
                http ? words[1] : request,
                Integer.parseInt(answer[0]),
                answer.length > 2 ? userAgent(answer[2]) : ""));
    }

    /** {@return the second of two quoted strings} */
    private static String userAgent(String refererAndAgent) {
        int refererStart = refererAndAgent.indexOf('"') + 1;
        int agentStart = refererAndAgent.indexOf('"', closingQuote(refererAndAgent, refererStart) + 1) + 1;
        if (refererStart == 0 || agentStart == 0) {
            return "";
        }
        String agent = refererAndAgent.substring(agentStart, closingQuote(refererAndAgent, agentStart));
        return agent.equals("-") ? "" : agent;
    }

    /** {@return the position of the next quote without a backslash, or the end of the text} */
    private static int closingQuote(String text, int start) {
        int position = start;
        while (position < text.length() && text.charAt(position) != '"') {
            position += text.charAt(position) == '\\' ? 2 : 1;
        }
        return Math.min(position, text.length());
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text, TIME).toInstant());
        } catch (DateTimeParseException unreadable) {
            return Optional.empty();
        }
    }
}
