package dev.quarry.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Splits a statement into tokens like ClickHouse does. It works on bytes and does not read the data that may follow an
 * INSERT, which may be binary.
 */
final class SqlLexer {
    private final byte[] text;
    private final int limit;
    private final boolean complete;
    private int position;

    /**
     * Starts at the first byte.
     *
     * @param limit how many bytes of {@code text} have arrived
     * @param complete whether no more bytes follow; otherwise a token that reaches the limit is
     *     {@link Kind#INCOMPLETE}
     */
    SqlLexer(byte[] text, int limit, boolean complete) {
        this.text = text;
        this.limit = limit;
        this.complete = complete;
    }

    /** {@return the next token that is neither white space nor comment} */
    Token next() {
        while (true) {
            Token token = scan();
            if (token.end == limit && !complete) {
                return new Token(Kind.INCOMPLETE, token.start, limit);
            }
            position = token.end;
            if (token.kind != Kind.SPACE) {
                return token;
            }
        }
    }

    private Token scan() {
        int start = position;
        if (start >= limit) {
            return new Token(Kind.END, limit, limit);
        }
        byte first = text[start];
        return switch (first) {
            case ' ', '\t', '\n', '\r', '\f', 0x0b -> new Token(Kind.SPACE, start, endOfSpace(start));
            case '\'' -> new Token(Kind.STRING, start, endOfQuoted(start, '\''));
            case '"' -> new Token(Kind.IDENTIFIER, start, endOfQuoted(start, '"'));
            case '`' -> new Token(Kind.IDENTIFIER, start, endOfQuoted(start, '`'));
            case '-' -> at(start + 1, '-') ? lineComment(start) : symbol(start);
            case '#' -> at(start + 1, ' ') || at(start + 1, '!') ? lineComment(start) : symbol(start);
            case '/' -> at(start + 1, '/') ? lineComment(start) : at(start + 1, '*') ? comment(start) : symbol(start);
            case '$' -> heredocument(start);
            default -> isWord(first) ? new Token(Kind.WORD, start, endOfWord(start)) : symbol(start);
        };
    }

    private Token symbol(int start) {
        return new Token(Kind.SYMBOL, start, start + 1);
    }

    private Token lineComment(int start) {
        int end = start;
        while (end < limit && text[end] != '\n') {
            end++;
        }
        return new Token(Kind.SPACE, start, end);
    }

    /** Comments nest, as in the SQL standard. */
    private Token comment(int start) {
        int depth = 0;
        int end = start;
        while (end < limit) {
            if (text[end] == '/' && at(end + 1, '*')) {
                depth++;
                end += 2;
            } else if (text[end] == '*' && at(end + 1, '/')) {
                depth--;
                end += 2;
                if (depth == 0) {
                    return new Token(Kind.SPACE, start, end);
                }
            } else {
                end++;
            }
        }
        return new Token(Kind.BROKEN, start, limit);
    }

    /** {@code $tag$ ... $tag$}. A dollar sign that opens no here-document begins a word. */
    private Token heredocument(int start) {
        int tagEnd = start + 1;
        while (tagEnd < limit && text[tagEnd] != '$') {
            tagEnd++;
        }
        if (tagEnd < limit) {
            int tagLength = tagEnd + 1 - start;
            for (int end = tagEnd + 1; end + tagLength <= limit; end++) {
                if (Arrays.equals(text, start, tagEnd + 1, text, end, end + tagLength)) {
                    return new Token(Kind.STRING, start, end + tagLength);
                }
            }
            if (!complete) {
                return new Token(Kind.STRING, start, limit);
            }
        }
        return new Token(Kind.WORD, start, endOfWord(start));
    }

    private int endOfSpace(int start) {
        int end = start;
        while (end < limit && isSpace(text[end])) {
            end++;
        }
        return end;
    }

    private int endOfWord(int start) {
        int end = start + 1;
        while (end < limit && isWord(text[end])) {
            end++;
        }
        return end;
    }

    private int endOfQuoted(int start, char quote) {
        int end = start + 1;
        while (end < limit) {
            if (text[end] == '\\') {
                end += 2;
            } else if (text[end] != quote) {
                end++;
            } else if (at(end + 1, quote)) {
                end += 2;
            } else {
                return end + 1;
            }
        }
        return limit;
    }

    private boolean at(int index, char expected) {
        return index < limit && text[index] == expected;
    }

    static boolean isSpace(byte value) {
        return value == ' ' || (value >= '\t' && value <= '\r');
    }

    private static boolean isWord(byte value) {
        return (value >= 'a' && value <= 'z')
                || (value >= 'A' && value <= 'Z')
                || (value >= '0' && value <= '9')
                || value == '_'
                || value == '$';
    }

    /** {@return whether the token is this bare word, in any case} */
    boolean isWord(Token token, String word) {
        return token.kind == Kind.WORD && text(token).equalsIgnoreCase(word);
    }

    boolean isSymbol(Token token, char symbol) {
        return token.kind == Kind.SYMBOL && text[token.start] == symbol;
    }

    String text(Token token) {
        return new String(text, token.start, token.end - token.start, StandardCharsets.UTF_8);
    }

    enum Kind {
        SPACE,
        WORD,
        IDENTIFIER,
        STRING,
        SYMBOL,
        /** A comment that is not closed. */
        BROKEN,
        /** More bytes of the token may follow. */
        INCOMPLETE,
        END
    }

    /**
     * A piece of the text.
     *
     * @param start index of its first byte
     * @param end index behind its last byte
     */
    record Token(Kind kind, int start, int end) {}
}
