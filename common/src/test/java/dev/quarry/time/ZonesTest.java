package dev.quarry.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZonesTest {
    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kathmandu"})
    void acceptsNamesOfTheTimeZoneDatabase(String name) {
        assertEquals(Optional.of(ZoneId.of(name)), Zones.named(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Z",
                "+05:30",
                "UTC+1",
                "GMT+02:00",
                "utc",
                "europe/berlin",
                "Europe/Berlin ",
                "SystemV/EST5",
                "Mars/Olympus",
                "Europe/Berlin'; DROP TABLE x",
                "../../etc/passwd"
            })
    void nothingElse(String name) {
        assertEquals(Optional.empty(), Zones.named(name));
    }
}
