package dev.quarry.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The ports of the stack's parts. All are different. */
final class Ports {

    private final Map<Port, Integer> numbers;

    private Ports(Map<Port, Integer> numbers) {
        this.numbers = numbers;
    }

    /**
     * @param options port numbers by {@linkplain Port#option() option}; they override {@code environment}
     * @param environment port numbers by {@linkplain Port#variable() variable}; they override the defaults
     */
    static Ports of(Map<String, String> options, Map<String, String> environment) throws UsageException {
        var numbers = new EnumMap<Port, Integer>(Port.class);
        var owners = new HashMap<Integer, Port>();
        for (Port port : Port.values()) {
            int number = number(port, options, environment);
            Port other = owners.put(number, port);
            if (other != null) {
                throw new UsageException("%2$s and %3$s have the same port %1$d: choose another one for one of them."
                        .formatted(number, other.option(), port.option()));
            }
            numbers.put(port, number);
        }
        return new Ports(numbers);
    }

    private static int number(Port port, Map<String, String> options, Map<String, String> environment)
            throws UsageException {
        String given = options.get(port.option());
        String source = port.option();
        if (given == null) {
            given = environment.get(port.variable());
            source = port.variable();
        }
        if (given == null || given.isEmpty()) {
            return port.standard();
        }
        if (!given.matches("[0-9]{1,5}") || Integer.parseInt(given) < 1 || Integer.parseInt(given) > 65_535) {
            throw new UsageException("%s takes a port from 1 to 65535, not \"%s\".".formatted(source, given));
        }
        return Integer.parseInt(given);
    }

    int number(Port port) {
        return numbers.get(port);
    }

    /**
     * Checks the ports before anything starts, so that the message is clear.
     *
     * @throws StartException with the first port that is in use, and the option that changes it
     */
    void requireFree(Set<Port> needed) throws StartException {
        for (Port port : needed) {
            if (!isFree(number(port))) {
                throw new StartException(
                        "Another program uses port %d: stop it, or choose another port with %s=PORT (or %s)."
                                .formatted(number(port), port.option(), port.variable()));
            }
        }
    }

    /** Whether no program listens on the port of the loopback address. */
    static boolean isFree(int number) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), number));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
