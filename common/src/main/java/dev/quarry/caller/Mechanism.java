package dev.quarry.caller;

import java.util.Collection;
import java.util.stream.Collectors;

/** How a request authenticates. A service accepts only the mechanisms in {@code quarry.auth.mechanisms}. */
public enum Mechanism {
    /** {@code x-api-key: <key>}. */
    API_KEY("x-api-key", "ApiKey header=\"x-api-key\"", "an API key in x-api-key"),
    /** {@code Authorization: Bearer <key>}. */
    BEARER("Authorization", "Bearer", "an API key as Authorization: Bearer"),
    /** {@code x-session-token: <token>} with {@code x-organization-id: <organisation>}, for a person at a dashboard. */
    SESSION(
            "x-session-token",
            "Session header=\"x-session-token\"",
            "a session in x-session-token and its organization in x-organization-id");

    private final String header;
    private final String challenge;
    private final String advice;

    Mechanism(String header, String challenge, String advice) {
        this.header = header;
        this.challenge = challenge;
        this.advice = advice;
    }

    /** The request header with the secret. */
    public String header() {
        return header;
    }

    /** The value of {@code WWW-Authenticate} (RFC 9110) of a service that accepts these mechanisms. */
    public static String challenge(Collection<Mechanism> accepted) {
        return accepted.stream().sorted().map(mechanism -> mechanism.challenge).collect(Collectors.joining(", "));
    }

    /** Tells a client what to send, such as {@code Send an API key in x-api-key}. */
    public static String advice(Collection<Mechanism> accepted) {
        return accepted.stream()
                .sorted()
                .map(mechanism -> mechanism.advice)
                .collect(Collectors.joining(", or ", "Send ", ""));
    }
}
