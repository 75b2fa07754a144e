package dev.quarry.clickhouse;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the tables that a statement reads. It knows only as much SQL as Quarry's own statements use, and refuses
 * everything else that could name a table: table functions, databases, quoted names, joins by comma, dictionaries.
 */
final class TableReferences {
    private static final Pattern TOKEN = Pattern.compile("""
            (?<skipped>\\s+|--[^\\n]*|/\\*(?s:.*?)\\*/)
            |(?<text>'(?:[^'\\\\]|\\\\.|'')*')
            |(?<parameter>\\{\\w+:[^}]+})
            |(?<word>[A-Za-z_]\\w*)
            |(?<number>\\d[\\w.]*)
            |(?<other>.)
            """, Pattern.COMMENTS | Pattern.DOTALL);

    /** Keywords that end a FROM clause. */
    private static final Set<String> CLAUSES = Set.of(
            "SELECT",
            "PREWHERE",
            "WHERE",
            "GROUP",
            "HAVING",
            "WINDOW",
            "QUALIFY",
            "ORDER",
            "LIMIT",
            "OFFSET",
            "UNION",
            "INTERSECT",
            "EXCEPT",
            "SETTINGS",
            "FORMAT");

    /** Table functions that read no table. */
    private static final Set<String> GENERATORS = Set.of("NUMBERS");

    /** Functions that are allowed right of IN. */
    private static final Set<String> LISTS = Set.of("ARRAYZIP", "TUPLE");

    /** Prefixes of functions whose arguments name a table. */
    private static final List<String> READERS =
            List.of("DICT", "JOINGET", "NOTIN", "NULLIN", "NOTNULLIN", "GLOBALIN", "GLOBALN");

    private final List<String> tokens = new ArrayList<>();
    private final Set<String> found = new HashSet<>();
    private final Set<String> named = new HashSet<>();
    /** For the statement and each open parenthesis: whether the position is inside a FROM clause. */
    private final Deque<Boolean> inFrom = new ArrayDeque<>(List.of(false));

    private TableReferences(String sql) {
        Matcher token = TOKEN.matcher(sql);
        while (token.find()) {
            if (token.group("skipped") == null) {
                tokens.add(token.group());
            }
        }
    }

    /** @throws IllegalArgumentException if the statement may read a table that this class would not find */
    static Set<String> of(String sql) {
        TableReferences references = new TableReferences(sql);
        references.scan();
        references.found.removeAll(references.named);
        return references.found;
    }

    private void scan() {
        for (int at = 0; at < tokens.size(); at++) {
            String token = tokens.get(at);
            switch (word(at)) {
                case "(" -> inFrom.push(false);
                case ")" -> {
                    if (inFrom.size() == 1) {
                        throw refused("a closing parenthesis too many");
                    }
                    inFrom.pop();
                }
                case "," -> {
                    if (inFrom.element()) {
                        throw refused("a join by comma");
                    }
                }
                case "\"", "`" -> throw refused("a quoted name");
                case "FROM" -> at = table(at + 1, token);
                case "JOIN" -> {
                    boolean ofArray = word(at - 1).equals("ARRAY");
                    if (!ofArray) {
                        at = table(at + 1, token);
                    }
                    within(!ofArray);
                }
                case "IN" -> list(at + 1);
                case "AS" -> {
                    if (word(at + 1).equals("(") && Set.of("SELECT", "WITH").contains(word(at + 2))) {
                        named.add(tokens.get(at - 1));
                    }
                }
                default -> word(at, token);
            }
        }
    }

    private void word(int at, String token) {
        String word = word(at);
        if (CLAUSES.contains(word)) {
            within(false);
        }
        if (READERS.stream().anyMatch(word::startsWith) && word(at + 1).equals("(")) {
            throw refused("the function " + token);
        }
    }

    /** Reads the tokens after FROM or JOIN; returns the position of the last one. */
    private int table(int at, String keyword) {
        within(true);
        if (word(at).equals("(")) {
            return at - 1;
        }
        if (!isName(at) || word(at + 1).equals(".")) {
            throw refused("something other than a plain name after " + keyword);
        }
        if (!word(at + 1).equals("(")) {
            found.add(tokens.get(at));
        } else if (!GENERATORS.contains(word(at))) {
            throw refused("the table function " + tokens.get(at));
        }
        return at;
    }

    /** Reads the tokens after IN: a list, a subquery, a parameter, or the name of a table, also in parentheses. */
    private void list(int at) {
        if (word(at).equals("(")) {
            for (int next = at + 1; isName(next) || word(next).equals(","); next++) {
                if (Set.of("SELECT", "WITH").contains(word(next))) {
                    return;
                }
                if (isName(next)) {
                    found.add(tokens.get(next));
                }
            }
            return;
        }
        if (!isName(at)) {
            return;
        }
        if (!word(at + 1).equals("(")) {
            found.add(tokens.get(at));
        } else if (!LISTS.contains(word(at))) {
            throw refused("the function " + tokens.get(at) + " after IN");
        }
    }

    private void within(boolean from) {
        inFrom.pop();
        inFrom.push(from);
    }

    private boolean isName(int at) {
        return !word(at).isEmpty() && (Character.isLetter(word(at).charAt(0)) || word(at).charAt(0) == '_');
    }

    /** The token in upper case; empty outside of the statement. */
    private String word(int at) {
        return at < 0 || at >= tokens.size() ? "" : tokens.get(at).toUpperCase(Locale.ROOT);
    }

    private static IllegalArgumentException refused(String what) {
        return new IllegalArgumentException("A query may not have " + what);
    }
}
