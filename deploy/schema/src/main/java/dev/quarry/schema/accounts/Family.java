package dev.quarry.schema.accounts;

import dev.quarry.schema.UsageException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** A family of endpoints: the prefix of its keys, and the permission that its endpoints require. */
public enum Family {
    METRICS("mcpeek_", "metrics:read"),
    APPS("mixpeek_", "apps:read"),
    INTEGRATIONS("feather_", "integrations:read"),
    ORGS("mecha_", "analytics:read");

    /** The prefix of a key for several families. */
    private static final String SHARED_PREFIX = "quarry_";

    private final String keyPrefix;
    private final String permission;

    Family(String keyPrefix, String permission) {
        this.keyPrefix = keyPrefix;
        this.permission = permission;
    }

    public String keyPrefix() {
        return keyPrefix;
    }

    public String permission() {
        return permission;
    }

    /** Reads names separated by commas, or {@code all}. */
    static Set<Family> parse(String names) {
        if (names.equals("all")) {
            return EnumSet.allOf(Family.class);
        }
        Set<Family> families = EnumSet.noneOf(Family.class);
        for (String name : names.split(",", -1)) {
            families.add(Arrays.stream(values())
                    .filter(family -> family.lowerCase().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new UsageException(
                            "There is no family \"%s\": the families are %s, or all.".formatted(name, names()))));
        }
        return families;
    }

    static String[] permissions(Set<Family> families) {
        return families.stream().map(Family::permission).toArray(String[]::new);
    }

    static String keyPrefix(Set<Family> families) {
        return families.size() == 1 ? families.iterator().next().keyPrefix() : SHARED_PREFIX;
    }

    static String keyPrefixOf(List<String> permissions) {
        Set<Family> families = EnumSet.allOf(Family.class);
        families.removeIf(family -> !permissions.contains(family.permission()));
        return keyPrefix(families);
    }

    private static String names() {
        return Arrays.stream(values()).map(Family::lowerCase).collect(Collectors.joining(", "));
    }

    private String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }
}
