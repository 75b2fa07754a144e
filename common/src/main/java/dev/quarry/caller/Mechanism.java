package dev.quarry.caller;

/** How a request authenticates. A service accepts only the mechanisms in {@code quarry.auth.mechanisms}. */
public enum Mechanism {
    /** {@code x-api-key: <key>}. */
    API_KEY,
    /** {@code Authorization: Bearer <key>}. */
    BEARER,
    /** {@code x-session-token: <token>} with {@code x-organization-id: <organisation>}, for a person at a dashboard. */
    SESSION
}
