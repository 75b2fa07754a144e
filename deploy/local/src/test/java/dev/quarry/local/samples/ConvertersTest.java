package dev.quarry.local.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.local.samples.BronzeRow.CanvasAppEvent;
import dev.quarry.local.samples.BronzeRow.CanvasAppLog;
import dev.quarry.local.samples.BronzeRow.CanvasError;
import dev.quarry.local.samples.BronzeRow.CanvasRequestLog;
import dev.quarry.local.samples.BronzeRow.Event;
import dev.quarry.local.samples.BronzeRow.Execution;
import dev.quarry.local.samples.BronzeRow.Invocation;
import dev.quarry.local.samples.BronzeRow.Outcome;
import dev.quarry.local.samples.BronzeRow.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** The oddities that real files have. */
class ConvertersTest {
    private static final String RETAIL_HEADER =
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    private record Converted(List<BronzeRow> rows, LoadReport report) {
        <T extends BronzeRow> List<T> only(Class<T> type) {
            return rows.stream().filter(type::isInstance).map(type::cast).toList();
        }
    }

    @Test
    void retailReadsQuotesLineBreaksAndBothDateFormats() {
        Converted converted = convert(SampleKind.ONLINE_RETAIL, RETAIL_HEADER + """
                536370,22728,"CLOCK, ""PINK""
                with a line break",24,2010-12-01 08:45:00,3.75,12583.0,France
                C536371,POST,POSTAGE,-1,12/1/2010 8:46,18,12583,France
                """);
        List<Event> events = converted.only(Event.class);
        assertEquals(2, converted.report().read());
        assertEquals(
                List.of("12583", "12583"), events.stream().map(Event::userId).toList());
        assertEquals(
                List.of("536370", "C536371"),
                events.stream().map(Event::sessionId).toList());
        assertEquals(
                List.of(Instant.parse("2010-12-01T08:45:00Z"), Instant.parse("2010-12-01T08:46:00Z")),
                events.stream().map(Event::time).toList());
        assertEquals("22728", events.getFirst().tool());
        assertEquals("22728", events.getFirst().feature());
        assertEquals("tool_call", events.getLast().kind());
        assertEquals("France", events.getFirst().dimensions().country());
    }

    /** ClickHouse accepts times up to a day ahead. */
    @Test
    void rowsThatAreMoreThanADayAheadAreLeftOut() {
        Converted converted = convert(SampleKind.ONLINE_RETAIL, RETAIL_HEADER + """
                1,A,x,1,2026-06-02 12:00:00,1,7,France
                2,A,x,1,2026-06-02 12:01:00,1,7,France
                """);
        assertEquals(1, converted.rows().size());
        assertEquals(Map.of(Rows.TIME_OUT_OF_RANGE, 1L), converted.report().leftOut());
    }

    @Test
    void retailLeavesOutWhatHasNoCustomerOrNoTime() {
        Converted converted = convert(SampleKind.ONLINE_RETAIL, RETAIL_HEADER + """
                1,A,x,1,2010-12-01 08:45:00,1,,France
                2,A,x,1,2010-02-30 08:45:00,1,7,France
                3,A,x,1,,1,7,France
                4,A
                5,A,x,1,1910-12-01 08:45:00,1,7,France
                """);
        assertEquals(List.of(), converted.rows());
        assertEquals(
                Map.of(OnlineRetail.NO_CUSTOMER, 2L, OnlineRetail.NO_TIME, 2L, Rows.TIME_OUT_OF_RANGE, 1L),
                converted.report().leftOut());
    }

    @Test
    void identicalLinesAreDifferentEventsAndKeepTheirIds() {
        String line = "1,A,x,1,2010-12-01 08:45:00,1,7,France\n";
        List<BronzeRow> once = convert(SampleKind.ONLINE_RETAIL, RETAIL_HEADER + line + line + line)
                .rows();
        assertEquals(3, new HashSet<>(once).size());
        // The next delivery of a file that grows.
        List<BronzeRow> again = convert(
                        SampleKind.ONLINE_RETAIL, RETAIL_HEADER + line + line + line + line.replace("1,A", "2,A"))
                .rows();
        assertEquals(once, again.subList(0, 3));
    }

    @Test
    void columnsMayComeInAnyOrderWithAByteOrderMarkAndCarriageReturns() {
        Converted converted = convert(
                SampleKind.ONLINE_RETAIL,
                "\uFEFFcountry,CUSTOMERID,InvoiceDate,StockCode,InvoiceNo\r\nFrance,7,2010-12-01 08:45:00,A,1\r\n");
        assertEquals("7", converted.only(Event.class).getFirst().userId());
    }

    @Test
    void aFileOfAnotherKindIsRefused() {
        SampleException failure =
                assertThrows(SampleException.class, () -> convert(SampleKind.UPTIME_CHECKS, RETAIL_HEADER + "1,A\n"));
        assertTrue(failure.getMessage().startsWith("The file has no column org"), failure.getMessage());
    }

    @Test
    void anEmptyFileHoldsNothing() {
        for (SampleKind kind : SampleKind.values()) {
            assertEquals(0, convert(kind, "").report().read(), kind.commandName());
        }
    }

    @Test
    void invalidUtf8DoesNotEndTheLoad() {
        byte[] latin1 = (RETAIL_HEADER + "1,A,caf\u00e9,1,2010-12-01 08:45:00,1,7,Cura\u00e7ao\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(1, convert(SampleKind.ONLINE_RETAIL, latin1).rows().size());
    }

    @Test
    void gzipIsUnpacked() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write((RETAIL_HEADER + "1,A,x,1,2010-12-01 08:45:00,1,7,France\n").getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(
                1,
                convert(SampleKind.ONLINE_RETAIL, packed.toByteArray()).rows().size());
    }

    @Test
    void anUnclosedQuoteLosesOnlyTheRecordsInsideIt() {
        Converted converted = convert(SampleKind.ONLINE_RETAIL, RETAIL_HEADER + """
                1,A,x,1,2010-12-01 08:45:00,1,7,France
                2,A,"x,1,2010-12-01 08:45:00,1,7,France
                3,A,x,1,2010-12-01 08:45:00,1,7,France
                """);
        assertEquals(1, converted.rows().size());
        assertEquals(
                1,
                converted.report().leftOut().values().stream()
                        .mapToLong(Long::longValue)
                        .sum());
    }

    @Test
    void aiderMakesSessionsOfLaunchesExitsAndGaps() {
        Converted converted = convert(SampleKind.AIDER, """
                {"event":"launched","properties":{"os_platform":"Linux","machine":"arm64","aider_version":"1"},"user_id":"a","time":1700001000}
                {"event":"message_send","properties":{},"user_id":"a","time":1700001001.5}
                {"event":"command_add","properties":{"os_platform":null},"user_id":"a","time":1700002800}
                {"event":"exit","properties":{},"user_id":"a","time":1700002801}
                {"event":"no-repo","properties":{},"user_id":"a","time":1700002802}
                {"event":"cli session","properties":{},"user_id":"a","time":1700004602}
                {"event":"launched","properties":{},"user_id":"a","time":1700004602}
                {"event":"message_send","user_id":"b","time":1700004603}
                """);
        List<Event> events = converted.only(Event.class);
        assertEquals(
                List.of(
                        "session_start",
                        "tool_call",
                        "tool_call",
                        "session_end",
                        "no-repo",
                        "cli_session",
                        "session_start",
                        "tool_call"),
                events.stream().map(Event::kind).toList());
        List<Integer> sessions = events.stream()
                .map(event -> events.stream()
                        .map(Event::sessionId)
                        .distinct()
                        .toList()
                        .indexOf(event.sessionId()))
                .toList();
        assertEquals(List.of(0, 0, 0, 0, 1, 2, 3, 4), sessions);
        assertEquals("command_add", events.get(2).feature());
        assertEquals("", events.get(1).feature());
        assertEquals("message_send", events.get(1).tool());
        assertEquals(Instant.ofEpochMilli(1_700_001_001_500L), events.get(1).time());
        assertEquals("Linux", events.get(2).dimensions().platform());
        assertEquals("arm64", events.get(5).dimensions().device());
        assertEquals("", events.getLast().dimensions().platform());
    }

    @Test
    void aiderLeavesOutWhatItCannotCount() {
        Converted converted = convert(SampleKind.AIDER, """
                {"event":"exit","properties":{},"user_id":null,"time":1000}
                {"event":"exit","properties":{},"time":1000}
                {"event":"exit","properties":{},"user_id":"a"}
                {"event":"exit","properties":{},"user_id":"a","time":1e300}
                {"event":"exit","properties":{},"user_id":"a","time":99999999999}
                {"properties":{},"user_id":"a","time":1000}
                [1]
                {"event":"ex

                """);
        assertEquals(
                Map.of(
                        AiderEvents.NO_USER, 2L,
                        AiderEvents.INCOMPLETE, 3L,
                        AiderEvents.NOT_JSON, 2L,
                        Rows.TIME_OUT_OF_RANGE, 1L),
                converted.report().leftOut());
        assertEquals(8, converted.report().read());
    }

    @Test
    void apacheReadsOddRequests() {
        Converted converted = convert(SampleKind.APACHE_ACCESS, """
                83.149.9.216 - bob [17/May/2015:12:05:03 +0200] "GET /a/?q=1 HTTP/1.1" 200 1 "-" "Agent \\"quoted\\" 1"
                2001:db8:1:2::7 - - [17/May/2015:10:05:03 +0000] "GET /a.png HTTP/1.1" 304 - "-" "-"
                host.example.org - - [17/May/2015:10:05:03 +0000] "\\x16\\x03\\"" 400 226
                1.2.3.4 - - [17/May/2015:10:05:03 +0000] "-" 408 - "-" "broken off
                1.2.3.4 - - [17/May/2015:10:05:03 +0000] "POST /form HTTP/1.1" 503 - "http://x/\\"" "Agent"
                """);
        List<CanvasRequestLog> requests = converted.only(CanvasRequestLog.class);
        assertEquals(
                List.of("GET", "GET", "-", "-", "POST"),
                requests.stream().map(CanvasRequestLog::method).toList());
        assertEquals(
                List.of("/a/?q=1", "/a.png", "\\x16\\x03\\\"", "-", "/form"),
                requests.stream().map(CanvasRequestLog::path).toList());
        assertEquals(
                List.of("Agent \\\"quoted\\\" 1", "", "", "broken off", "Agent"),
                requests.stream().map(CanvasRequestLog::userAgent).toList());
        assertEquals(
                List.of("83.149.9.0", "2001:db8:1:0:0:0:0:0", "", "1.2.3.0", "1.2.3.0"),
                requests.stream().map(CanvasRequestLog::ip).toList());
        assertEquals(Instant.parse("2015-05-17T10:05:03Z"), requests.getFirst().timestamp());
        assertEquals(
                List.of("/a/?q=1"),
                converted.only(CanvasAppEvent.class).stream()
                        .map(CanvasAppEvent::url)
                        .toList());
        assertEquals(
                List.of("http_400", "http_408", "http_503"),
                converted.only(CanvasError.class).stream()
                        .map(CanvasError::errorType)
                        .toList());
    }

    @Test
    void apacheCountsAPageviewOnceAndOnlyOfPages() {
        StringBuilder log = new StringBuilder();
        for (String answer : List.of(
                "GET /x HTTP/1.1\" 200",
                "GET /x.HTML?a=b.png HTTP/1.1\" 304",
                "GET /x HTTP/1.1\" 301",
                "GET /x HTTP/1.1\" 404",
                "HEAD /x HTTP/1.1\" 200",
                "GET /favicon.ico HTTP/1.1\" 200",
                "GET /a.b/x HTTP/1.1\" 200")) {
            log.append("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"" + answer + " 1 \"-\" \"-\"\n");
        }
        assertEquals(
                3,
                convert(SampleKind.APACHE_ACCESS, log.toString())
                        .only(CanvasAppEvent.class)
                        .size());
    }

    @Test
    void apacheLeavesOutWhatIsNoLogLine() {
        Converted converted = convert(SampleKind.APACHE_ACCESS, """
                hello
                1.2.3.4 - - [17/Foo/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1
                1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" abc 1
                1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTT
                1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1"
                """);
        assertEquals(
                Map.of(ApacheAccessLog.NOT_COMBINED, 5L), converted.report().leftOut());
        assertEquals(5, converted.report().read());
    }

    @Test
    void kafkaJoinsTracesToTheEntryOfTheirOwnBrokerAndLog() {
        Converted converted = convert(SampleKind.KAFKA_RUNTIME, """
                \tat lost.and.alone
                kafka0 server [2016-12-20 00:04:03,231] WARN one (a.B)
                kafka1 server [2016-12-20 00:04:03,232] FATAL two
                kafka0 server java.io.IOException: gone
                kafka0 server \tat a.B.c(B.java:1)
                kafka1 server \tat d.E

                kafka0 server [2016-12-20 00:04:04,000] DEBUG
                kafka2 server no entry of its own
                """);
        List<CanvasAppLog> logs = converted.only(CanvasAppLog.class);
        assertEquals(
                List.of(
                        "one (a.B)\njava.io.IOException: gone\n\tat a.B.c(B.java:1)",
                        "\nkafka2 server no entry of its own",
                        "two\n\tat d.E\n"),
                logs.stream().map(CanvasAppLog::message).toList());
        assertEquals(
                List.of("warn", "log", "error"),
                logs.stream().map(CanvasAppLog::level).toList());
        assertEquals("/kafka0/server", logs.getFirst().routePath());
        assertEquals(
                Map.of(KafkaRuntimeLog.CONTINUATION, 5L, KafkaRuntimeLog.NO_ENTRY, 1L),
                converted.report().leftOut());
    }

    @Test
    void kafkaReadsLogsWithoutBroker() {
        Converted converted = convert(SampleKind.KAFKA_RUNTIME, """
                [2016-12-20 00:04:03,231] INFO one
                \tat a.B.c
                [2016-12-20 00:04:03,232] ERROR two
                """);
        List<CanvasAppLog> logs = converted.only(CanvasAppLog.class);
        assertEquals(
                List.of("one\n\tat a.B.c", "two"),
                logs.stream().map(CanvasAppLog::message).toList());
        assertEquals(Instant.parse("2016-12-20T00:04:03.231Z"), logs.getFirst().timestamp());
        assertEquals("", logs.getFirst().routePath());
    }

    @Test
    void kafkaStopsARunawayTrace() {
        String frame = "\tat " + "x".repeat(100_000) + "\n";
        Converted converted =
                convert(SampleKind.KAFKA_RUNTIME, "[2016-12-20 00:04:03,231] ERROR one\n" + frame.repeat(20));
        assertTrue(converted.only(CanvasAppLog.class).getFirst().message().length() <= 1_000_000);
        assertEquals(11, converted.report().leftOut().get(KafkaRuntimeLog.TOO_LONG));
    }

    @Test
    void trainTicketTakesTheLoggerForTheType() {
        Converted converted = convert(SampleKind.TRAIN_TICKET, """
                ts_ns,service,trace_id,level,message
                1674981742419098261,ts-food-service,f,ERROR,"16:42:22.418 ERROR f.s.FoodServiceImpl#302 TraceID: f [a, b]
                second line"
                1674981742419098262,ts food/service,f,WARN,no logger here
                -6795364578871345152,ts-food-service,f,WARN,x
                soon,ts-food-service,f,WARN,x
                """);
        List<CanvasError> errors = converted.only(CanvasError.class);
        assertEquals(
                List.of("f.s.FoodServiceImpl", "WARN"),
                errors.stream().map(CanvasError::errorType).toList());
        assertEquals(
                List.of("ts-food-service", "ts-food-service"),
                errors.stream().map(CanvasError::appId).toList());
        assertTrue(errors.getFirst().errorMessage().endsWith("[a, b]\nsecond line"));
        assertEquals(
                Instant.parse("2023-01-29T08:42:22.419098261Z"),
                errors.getFirst().timestamp());
        assertEquals(
                Map.of(TrainTicketErrors.NO_TIME, 1L, Rows.TIME_OUT_OF_RANGE, 1L),
                converted.report().leftOut());
    }

    @Test
    void uptimeDistinguishesAVendorErrorFromNoAnswer() {
        Converted converted = convert(SampleKind.UPTIME_CHECKS, """
                org,site_slug,site,ts_utc,status,http_code,latency_ms,commit
                a+b,s,S,2026-05-10 17:13:31,up,200,133,c1
                a+b,s,S,2026-05-10T17:13:32Z,degraded,200,133.5,c2
                a+b,s,S,2026-05-10 17:13:33,down,503,133,c3
                a+b,s,S,2026-05-10 17:13:34,down,0,0,c4
                a+b,s,S,2026-05-10 17:13:35,down,,0,c5
                a+b,s,S,2026-05-10 17:13:36,maybe,200,1,c6
                a+b,s,S,2026-05-10 17:13:37,up,200,-1,c7
                a+b,s,S,2026-05-10 17:13:38,up,200,99999999999,c8
                a+b,s,S,yesterday,up,200,1,c9
                """);
        assertEquals(
                List.of(Outcome.SUCCESS, Outcome.SUCCESS, Outcome.VENDOR_ERROR, Outcome.EXCEPTION, Outcome.EXCEPTION),
                converted.only(Invocation.class).stream()
                        .map(Invocation::outcome)
                        .toList());
        assertEquals(
                List.of("", "", "503", "0", "0"),
                converted.only(Invocation.class).stream()
                        .map(Invocation::errorCategory)
                        .toList());
        assertEquals(134, converted.only(Invocation.class).get(1).latencyMs());
        assertEquals(
                List.of(Status.SUCCESS, Status.SUCCESS, Status.FAILED, Status.FAILED, Status.FAILED),
                converted.only(Execution.class).stream().map(Execution::status).toList());
        assertEquals(List.of("a-b"), List.copyOf(converted.report().workspaces()));
        assertEquals(
                Map.of(UptimeChecks.UNKNOWN_STATUS, 1L, UptimeChecks.NO_LATENCY, 2L, UptimeChecks.NO_TIME, 1L),
                converted.report().leftOut());
    }

    @Test
    void onlyTheLatestIdsAreRememberedToLimitMemory() {
        EventIds ids = new EventIds();
        var first = ids.next("same");
        assertNotEquals(first, ids.next("same"));
        for (int other = 0; other < 100_000; other++) {
            ids.next("other " + other);
        }
        assertEquals(first, ids.next("same"));
    }

    private static Converted convert(SampleKind kind, String file) {
        return convert(kind, file.getBytes(StandardCharsets.UTF_8));
    }

    private static Converted convert(SampleKind kind, byte[] file) {
        List<BronzeRow> converted = new ArrayList<>();
        Rows rows = new Rows(converted::add, Clock.fixed(NOW, ZoneOffset.UTC));
        try {
            kind.converter()
                    .convert(
                            SampleFile.open(new ByteArrayInputStream(file)),
                            new LoadTarget("acme", Optional.empty(), 0),
                            rows);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return new Converted(converted, rows.report());
    }
}
