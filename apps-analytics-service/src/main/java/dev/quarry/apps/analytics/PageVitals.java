package dev.quarry.apps.analytics;

import java.util.List;
import java.util.Optional;

/**
 * The web vitals of an app by page.
 *
 * @param largest the pages with the most samples, the largest first
 * @param rest the other pages together; empty if there are none
 */
record PageVitals(List<Page> largest, Optional<Rest> rest) {

    /**
     * The web vitals of one page.
     *
     * @param url empty for samples without one
     * @param samples number of samples of all web vitals
     */
    record Page(String url, long samples, VitalSummaries vitals) {}

    /**
     * The web vitals of several pages together.
     *
     * @param pages number of pages, at least 1
     */
    record Rest(long pages, long samples, VitalSummaries vitals) {}

    /** How many web vitals are left out in all. */
    long omitted() {
        return largest.stream().mapToLong(page -> page.vitals().omitted()).sum()
                + rest.map(pages -> pages.vitals().omitted()).orElse(0L);
    }
}
