package dev.quarry.caller;

/** How a request proves who it is. A service names the ones it takes in {@code quarry.auth.mechanisms}; it takes no other. */
public enum Mechanism {
    /** {@code x-api-key: <key>}. */
    API_KEY,
    /** {@code Authorization: Bearer <key>}. */
    BEARER,
    /** {@code x-session-token: <token>} with {@code x-organization-id: <organisation>}: a person at a dashboard. */
    SESSION
}
