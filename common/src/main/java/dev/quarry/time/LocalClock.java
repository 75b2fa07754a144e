package dev.quarry.time;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;

/**
 * The local clock of a zone. It may jump ahead, go back, or leave out a whole day.
 *
 * <p>Everything here follows from one rule, {@link #firstShowing}: a day (week, month, quarter of a day) starts at the
 * first instant at which the local clock shows its label <em>or later</em>. The rule is monotone, so periods cover time
 * without gaps or overlaps. A period that is skipped as a whole starts and ends at the same instant.
 */
record LocalClock(ZoneRules rules) {

    static LocalClock of(ZoneId zone) {
        return new LocalClock(zone.getRules());
    }

    LocalDateTime reading(Instant instant) {
        return LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), rules.getOffset(instant));
    }

    Instant firstShowing(LocalDateTime label) {
        ZoneOffsetTransition transition = rules.getTransition(label);
        if (transition == null) {
            return label.toInstant(rules.getOffset(label));
        }
        return transition.isGap() ? transition.getInstant() : label.toInstant(transition.getOffsetBefore());
    }

    Instant startOf(LocalDate day) {
        return firstShowing(day.atStartOfDay());
    }

    /**
     * The day that started last. It is the date that the clock shows, except where the clock goes back across midnight
     * (St. John's until 2011: from 00:01 to 23:01): the new day has started then, and continues.
     */
    LocalDate dayOf(Instant instant) {
        LocalDate day = reading(instant).toLocalDate();
        while (!startOf(day.plusDays(1)).isAfter(instant)) {
            day = day.plusDays(1);
        }
        return day;
    }

    /**
     * The changes of offset after {@code start}, up to and including {@code end}; in practice at most a handful a year.
     */
    List<ZoneOffsetTransition> changes(Instant start, Instant end) {
        List<ZoneOffsetTransition> changes = new ArrayList<>();
        for (ZoneOffsetTransition change = rules.nextTransition(start);
                change != null && !change.getInstant().isAfter(end);
                change = rules.nextTransition(change.getInstant())) {
            changes.add(change);
        }
        return changes;
    }
}
