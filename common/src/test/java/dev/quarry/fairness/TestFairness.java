package dev.quarry.fairness;

import dev.quarry.time.Ticker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;

/** Queues of tests. */
public final class TestFairness {
    private TestFairness() {}

    /** A queue with the default settings. */
    public static FairQueue queue() {
        return queue(Map.of());
    }

    /** @param settings without their prefix */
    static FairQueue queue(Map<String, String> settings) {
        return queue(settings, System::nanoTime);
    }

    static FairQueue queue(Map<String, String> settings, Ticker ticker) {
        Map<String, String> all = new HashMap<>();
        settings.forEach((name, value) -> all.put("quarry.fairness." + name, value));
        FairnessConfiguration configuration = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(FairnessConfiguration.class)
                .withDefaultValues(all)
                .build()
                .getConfigMapping(FairnessConfiguration.class);
        return new FairQueue(configuration, new SimpleMeterRegistry(), ticker);
    }
}
