package dev.quarry.local.samples;

import java.io.InputStream;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The kinds of recordings, each with a sample in the program. */
public enum SampleKind {
    ONLINE_RETAIL("online-retail", "online_retail_abroad.csv.gz", LocalDate.of(2011, 12, 9)),
    AIDER("aider", "aider_events.jsonl.gz", LocalDate.of(2026, 4, 25)),
    APACHE_ACCESS("apache-access", "apache_access.log.gz", LocalDate.of(2015, 5, 20)),
    KAFKA_RUNTIME("kafka-runtime", "kafka_runtime.log.gz", LocalDate.of(2016, 12, 20)),
    TRAIN_TICKET("train-ticket", "trainticket_errors.csv.gz", LocalDate.of(2023, 1, 29)),
    UPTIME_CHECKS("uptime-checks", "upptime_checks.csv.gz", LocalDate.of(2026, 8, 10));

    private final String commandName;
    private final String resource;
    private final LocalDate lastDay;

    SampleKind(String commandName, String resource, LocalDate lastDay) {
        this.commandName = commandName;
        this.resource = resource;
        this.lastDay = lastDay;
    }

    /** {@return the kind with this command name} Throws an exception that lists the kinds if there is none. */
    public static SampleKind named(String commandName) {
        return Arrays.stream(values())
                .filter(kind -> kind.commandName.equals(commandName))
                .findFirst()
                .orElseThrow(() -> new SampleException(
                        "There is no kind \"%s\": take one of %s.".formatted(commandName, commandNames())));
    }

    static String commandNames() {
        return Arrays.stream(values()).map(SampleKind::commandName).collect(Collectors.joining(", "));
    }

    public String commandName() {
        return commandName;
    }

    /** UTC day of the newest row of the shipped sample, to calculate a {@link LoadTarget#shiftDays() shift}. */
    public LocalDate lastDay() {
        return lastDay;
    }

    /** The shipped sample, compressed; the caller closes it. */
    InputStream shipped() {
        InputStream stream = SampleKind.class.getResourceAsStream("/samples/" + resource);
        if (stream == null) {
            throw new SampleException("The program was built without its sample " + resource + ".");
        }
        return stream;
    }

    SampleConverter converter() {
        return switch (this) {
            case ONLINE_RETAIL -> new OnlineRetail();
            case AIDER -> new AiderEvents();
            case APACHE_ACCESS -> new ApacheAccessLog();
            case KAFKA_RUNTIME -> new KafkaRuntimeLog();
            case TRAIN_TICKET -> new TrainTicketErrors();
            case UPTIME_CHECKS -> new UptimeChecks();
        };
    }
}
