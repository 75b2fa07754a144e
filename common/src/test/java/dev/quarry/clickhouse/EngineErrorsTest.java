package dev.quarry.clickhouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.clickhouse.client.api.ServerException;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no engine that is alone can be made to say. */
class EngineErrorsTest {
    @ParameterizedTest
    @ValueSource(ints = {279, 369})
    void aShardThatIsAwayIsNotTheEngineThatIsAway(int code) {
        RuntimeException translated = EngineErrors.translate(new ServerException(code, "a shard", 500, "query"));

        assertEquals(
                new Failure.Unreachable(Duration.ofSeconds(1)),
                assertInstanceOf(FailureException.class, translated).failure());
    }
}
