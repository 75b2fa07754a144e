package dev.quarry.organizations.owned;

import java.util.Locale;

/** What owns resources of a workspace. */
public enum Owner {
    APP,
    NAMESPACE;

    /** The name in failures and of the column that tells whether such an owner exists. */
    String type() {
        return name().toLowerCase(Locale.ROOT);
    }
}
