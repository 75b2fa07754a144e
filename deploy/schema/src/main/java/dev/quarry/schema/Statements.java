package dev.quarry.schema;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a ClickHouse script into statements, because ClickHouse's HTTP interface accepts one statement per request. It
 * splits at semicolons outside of strings, quoted identifiers, here-documents and comments.
 */
final class Statements {
    private final String script;
    private final List<String> statements = new ArrayList<>();
    private int position;
    private int start;
    private boolean blank = true;

    private Statements(String script) {
        this.script = script;
    }

    /** {@return the statements in order, without semicolons} A piece with only comments is not a statement. */
    static List<String> of(String script) {
        return new Statements(script).split();
    }

    private List<String> split() {
        while (position < script.length()) {
            char character = script.charAt(position);
            if (character == ';') {
                finish();
            } else if (character == '\'' || character == '"' || character == '`') {
                skipQuoted(character);
            } else if (character == '$') {
                skipHereDocument();
            } else if (script.startsWith("--", position)
                    || script.startsWith("# ", position)
                    || script.startsWith("#!", position)) {
                skipLine();
            } else if (script.startsWith("/*", position)) {
                skipPast("*/", 2, "comment");
            } else {
                blank &= Character.isWhitespace(character);
                position++;
            }
        }
        finish();
        return List.copyOf(statements);
    }

    private void finish() {
        if (!blank) {
            statements.add(script.substring(start, position).strip());
        }
        position++;
        start = position;
        blank = true;
    }

    /** A quote inside is doubled or follows a backslash. A doubled quote is parsed as two adjacent strings. */
    private void skipQuoted(char quote) {
        blank = false;
        int opening = position;
        position++;
        while (position < script.length() && script.charAt(position) != quote) {
            position += script.charAt(position) == '\\' ? 2 : 1;
        }
        if (position >= script.length()) {
            throw unclosed(quote + " quote", opening);
        }
        position++;
    }

    private void skipLine() {
        int end = script.indexOf('\n', position);
        position = end < 0 ? script.length() : end + 1;
    }

    private void skipPast(String end, int openingLength, String what) {
        int found = script.indexOf(end, position + openingLength);
        if (found < 0) {
            throw unclosed(what, position);
        }
        position = found + end.length();
    }

    /** {@code $tag$ ... $tag$}; the tag may be empty. A dollar sign that opens no here-document is an ordinary character. */
    private void skipHereDocument() {
        blank = false;
        int end = position + 1;
        while (end < script.length() && (Character.isLetterOrDigit(script.charAt(end)) || script.charAt(end) == '_')) {
            end++;
        }
        if (end < script.length() && script.charAt(end) == '$') {
            String tag = script.substring(position, end + 1);
            skipPast(tag, tag.length(), "here-document");
        } else {
            position = end;
        }
    }

    private MigrationException unclosed(String what, int opening) {
        long line = script.substring(0, opening).lines().count();
        return new MigrationException(
                "The %s that opens on line %d is never closed.".formatted(what, Math.max(1, line)));
    }
}
