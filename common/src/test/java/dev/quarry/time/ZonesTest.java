package dev.quarry.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Etc/UCT", "Zulu", "Etc/GMT"})
    void knowsUtcByItsRules(String name) {
        assertTrue(Zones.isUtc(ZoneId.of(name)));
    }

    /** London shows UTC in winter only, and Abidjan does not change its clock but did so before 1912. */
    @ParameterizedTest
    @ValueSource(strings = {"Europe/London", "Africa/Abidjan", "Etc/GMT+1"})
    void anyOtherClockIsNotUtc(String name) {
        assertFalse(Zones.isUtc(ZoneId.of(name)));
    }
}
