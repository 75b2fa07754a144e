package dev.quarry.local;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortsTest {

    @Test
    void namesATakenPortAndTheOptionThatChangesIt() throws IOException, UsageException {
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int taken = other.getLocalPort();
            Ports ports = Ports.of(Map.of("--metrics-port", Integer.toString(taken)), Map.of());

            StartException refusal =
                    assertThrows(StartException.class, () -> ports.requireFree(EnumSet.of(Port.METRICS)));

            assertEquals(
                    "Another program uses port %d: stop it, or choose another port with --metrics-port=PORT (or QUARRY_METRICS_PORT)."
                            .formatted(taken),
                    refusal.getMessage());
        }
    }

    @Test
    void acceptsAFreePort() throws IOException, UsageException {
        int free;
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = other.getLocalPort();
        }
        Ports ports = Ports.of(Map.of("--metrics-port", Integer.toString(free)), Map.of());

        assertDoesNotThrow(() -> ports.requireFree(EnumSet.of(Port.METRICS)));
    }
}
