package dev.quarry.schema.accounts;

import java.util.List;

/** What a command has done or found. */
sealed interface Outcome {
    /** Rows of one kind; each is a record. */
    record Listed(List<? extends Record> rows) implements Outcome {}

    /** A change without a secret. */
    record Changed(String kind, String action, String id, String organizationId, String message) implements Outcome {
        static Changed of(Action action, String id, String organization, String message) {
            return new Changed(action.kind(), action.verb(), id, organization, message);
        }
    }

    /**
     * A new key or session.
     *
     * @param credential its row
     * @param secret printed once, if the command made it up
     */
    record Issued(Record credential, Secret secret, String message) implements Outcome {}
}
