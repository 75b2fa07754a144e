package dev.quarry.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WholeDaysTest {
    private static final ZoneId TOKYO = ZoneId.of("Asia/Tokyo");
    private static final LocalDate DAY = LocalDate.of(2026, 3, 2);
    /** The start of {@link #DAY} in Tokyo. */
    private static final Instant MIDNIGHT = Instant.parse("2026-03-01T15:00:00Z");

    @Test
    void beginWithTheDayThatStartsAtTheMoment() {
        assertEquals(new WholeDays(DAY, MIDNIGHT, TOKYO), WholeDays.from(MIDNIGHT, TOKYO));
    }

    @Test
    void beginWithTheNextDayIfTheMomentIsWithinADay() {
        assertEquals(DAY, WholeDays.from(MIDNIGHT.minusNanos(1), TOKYO).first());
        assertEquals(
                DAY.plusDays(1), WholeDays.from(MIDNIGHT.plusNanos(1), TOKYO).first());
    }

    @Test
    void containTheirFirstDayAndItsStartAndNothingEarlier() {
        WholeDays days = WholeDays.from(MIDNIGHT, TOKYO);

        assertTrue(days.contain(DAY));
        assertFalse(days.contain(DAY.minusDays(1)));
        assertTrue(days.contain(MIDNIGHT));
        assertFalse(days.contain(MIDNIGHT.minusNanos(1)));
    }

    @Test
    void beginLaterOrEarlierByANumberOfDays() {
        WholeDays days = WholeDays.from(MIDNIGHT, TOKYO);

        assertEquals(WholeDays.from(Instant.parse("2026-03-03T15:00:00Z"), TOKYO), days.plus(2));
        assertEquals(WholeDays.from(Instant.parse("2026-02-28T15:00:00Z"), TOKYO), days.plus(-1));
    }

    @Test
    void keepThePartOfAWindowThatIsWithinThem() {
        WholeDays days = WholeDays.from(MIDNIGHT, TOKYO);
        Window within = new Window(MIDNIGHT, MIDNIGHT.plusSeconds(60), TOKYO);
        Window across = new Window(MIDNIGHT.minusSeconds(60), MIDNIGHT.plusSeconds(60), TOKYO);
        Window before = new Window(MIDNIGHT.minusSeconds(60), MIDNIGHT, TOKYO);

        assertEquals(Optional.of(within), within.within(days));
        assertEquals(Optional.of(within), across.within(days));
        assertEquals(Optional.empty(), before.within(days));
    }
}
