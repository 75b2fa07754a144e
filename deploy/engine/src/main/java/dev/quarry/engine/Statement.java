package dev.quarry.engine;

import dev.quarry.engine.SqlLexer.Kind;
import dev.quarry.engine.SqlLexer.Token;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A parsed statement: its kind, and where the data of an INSERT begins. */
sealed interface Statement {
    /**
     * An INSERT followed by its data.
     *
     * @param head the statement before its VALUES or FORMAT
     * @param dataStart index of the data's first byte in the text that was parsed
     */
    record Insert(MemorySegment head, String format, int dataStart) implements Statement {}

    /**
     * Any other statement.
     *
     * @param format the name in the FORMAT clause, if there is one
     * @param insert whether the statement is an INSERT ... SELECT
     */
    record Whole(MemorySegment sql, Optional<String> format, boolean insert) implements Statement {}

    /**
     * Parses a statement. The beginning of an INSERT is enough; other statements must be complete.
     *
     * @param limit how many bytes of {@code text} have arrived
     * @param complete whether no more bytes follow
     * @return empty if more bytes are needed
     * @throws EngineException for several statements, no statement or an output file, which ClickHouse's HTTP interface
     *     refuses too
     */
    static Optional<Statement> parse(byte[] text, int limit, boolean complete) {
        return new Parser(text, limit, complete).parse();
    }

    /** Parses the tokens in one pass. */
    final class Parser {
        private final byte[] text;
        private final int limit;
        private final boolean complete;
        private final SqlLexer lexer;
        private Token token;

        private Parser(byte[] text, int limit, boolean complete) {
            this.text = text;
            this.limit = limit;
            this.complete = complete;
            this.lexer = new SqlLexer(text, limit, complete);
            this.token = lexer.next();
        }

        private Optional<Statement> parse() {
            if (token.kind() == Kind.END || lexer.isSymbol(token, ';')) {
                throw new EngineException(ErrorCode.SYNTAX_ERROR, "Syntax error: Empty query");
            }
            if (accept("INSERT")) {
                Optional<Insert> insert = insertWithData();
                if (insert.isPresent()) {
                    return Optional.of(insert.get());
                }
                boolean undecided = token.kind() == Kind.INCOMPLETE;
                if (undecided || !complete) {
                    return Optional.empty();
                }
                return Optional.of(new Parser(text, limit, true).whole(true));
            }
            return complete ? Optional.of(whole(false)) : Optional.empty();
        }

        /** {@code [INTO] [TABLE] [FUNCTION] target [(columns)] [SETTINGS ...] VALUES | FORMAT name}. */
        private Optional<Insert> insertWithData() {
            accept("INTO");
            accept("TABLE");
            if (accept("FUNCTION")) {
                skipUntilKeyword();
            } else {
                skipName();
                if (lexer.isSymbol(token, '(') && !skipBrackets()) {
                    return Optional.empty();
                }
            }
            if (accept("SETTINGS")) {
                skipUntilKeyword();
            }
            int headEnd = token.start();
            if (accept("VALUES")) {
                return token.kind() == Kind.INCOMPLETE
                        ? Optional.empty()
                        : Optional.of(new Insert(head(headEnd), "Values", token.start()));
            }
            if (lexer.isWord(token, "FROM")) {
                throw new EngineException(
                        ErrorCode.UNKNOWN_TYPE_OF_QUERY,
                        "INSERT FROM INFILE reads a file of the client, which is not possible over HTTP");
            }
            if (!accept("FORMAT")) {
                return Optional.empty();
            }
            Token name = token;
            if (name.kind() != Kind.WORD && name.kind() != Kind.IDENTIFIER) {
                return Optional.empty();
            }
            return dataStart(name.end()).map(start -> new Insert(head(headEnd), unquoted(name), start));
        }

        /** The data starts after the first line break that follows the format's name, or else after the blanks. */
        private Optional<Integer> dataStart(int nameEnd) {
            int start = nameEnd;
            if (start < limit && text[start] == ';') {
                throw new EngineException(
                        ErrorCode.SYNTAX_ERROR,
                        "You have excessive ';' symbol before data for INSERT: put a blank or a line break there");
            }
            while (start < limit && (text[start] == ' ' || text[start] == '\t' || text[start] == '\f')) {
                start++;
            }
            if (start < limit && text[start] == '\r') {
                start++;
            }
            if (start < limit && text[start] == '\n') {
                start++;
            } else if (start == limit && !complete) {
                return Optional.empty();
            }
            return Optional.of(start);
        }

        private void skipName() {
            do {
                if (lexer.isSymbol(token, '{')) {
                    skipBrackets();
                } else if (token.kind() == Kind.WORD || token.kind() == Kind.IDENTIFIER) {
                    advance();
                }
            } while (accept('.'));
        }

        /**
         * Skips a bracket and its content.
         *
         * @return false for a SELECT in brackets, which is not a list of columns
         */
        private boolean skipBrackets() {
            int depth = 0;
            boolean first = true;
            do {
                if (isOpening(token)) {
                    depth++;
                } else if (isClosing(token)) {
                    depth--;
                } else if (first && (lexer.isWord(token, "SELECT") || lexer.isWord(token, "WITH"))) {
                    return false;
                } else {
                    first = false;
                }
                advance();
            } while (depth > 0 && !atEnd());
            return true;
        }

        private void skipUntilKeyword() {
            while (!atEnd()
                    && !lexer.isWord(token, "VALUES")
                    && !lexer.isWord(token, "FORMAT")
                    && !lexer.isWord(token, "SELECT")
                    && !lexer.isWord(token, "WITH")
                    && !lexer.isWord(token, "SETTINGS")
                    && !lexer.isWord(token, "FROM")) {
                if (isOpening(token)) {
                    skipBrackets();
                } else {
                    advance();
                }
            }
        }

        /** Parses to the end of the statement, which must also be the end of the text. */
        private Statement whole(boolean insert) {
            Optional<String> format = Optional.empty();
            int depth = 0;
            while (!atEnd()) {
                if (isOpening(token)) {
                    depth++;
                } else if (isClosing(token)) {
                    depth--;
                } else if (lexer.isSymbol(token, ';')) {
                    int end = token.start();
                    while (accept(';')) {
                        // Skips all trailing semicolons.
                    }
                    if (token.kind() != Kind.END) {
                        throw new EngineException(
                                ErrorCode.SYNTAX_ERROR, "Syntax error (Multi-statements are not allowed)");
                    }
                    return new Whole(head(end), format, insert);
                }
                format = clause(insert, depth, format);
            }
            return new Whole(head(limit), format, insert);
        }

        /** Skips one token, or a clause that the protocol needs. */
        private Optional<String> clause(boolean insert, int depth, Optional<String> format) {
            if (depth == 0 && accept("INTO")) {
                if (lexer.isWord(token, "OUTFILE")) {
                    throw new EngineException(ErrorCode.INTO_OUTFILE_NOT_ALLOWED, "INTO OUTFILE is not allowed");
                }
                return format;
            }
            if (insert && accept("input")) {
                if (lexer.isSymbol(token, '(')) {
                    throw new EngineException(
                            ErrorCode.NOT_IMPLEMENTED, "This engine cannot read the data of an INSERT with input()");
                }
                return format;
            }
            if (depth == 0 && accept("FORMAT")) {
                Token name = token;
                boolean named = name.kind() == Kind.WORD || name.kind() == Kind.IDENTIFIER;
                if (named) {
                    advance();
                    boolean last = token.kind() == Kind.END
                            || lexer.isSymbol(token, ';')
                            || lexer.isWord(token, "SETTINGS")
                            || lexer.isWord(token, "INTO");
                    return last ? Optional.of(unquoted(name)) : format;
                }
                return format;
            }
            advance();
            return format;
        }

        private MemorySegment head(int end) {
            return MemorySegment.ofArray(text).asSlice(0, end);
        }

        private String unquoted(Token name) {
            String written = lexer.text(name);
            return name.kind() == Kind.IDENTIFIER ? written.substring(1, written.length() - 1) : written;
        }

        private boolean isOpening(Token candidate) {
            return lexer.isSymbol(candidate, '(') || lexer.isSymbol(candidate, '[') || lexer.isSymbol(candidate, '{');
        }

        private boolean isClosing(Token candidate) {
            return lexer.isSymbol(candidate, ')') || lexer.isSymbol(candidate, ']') || lexer.isSymbol(candidate, '}');
        }

        private boolean atEnd() {
            return token.kind() == Kind.END || token.kind() == Kind.INCOMPLETE || token.kind() == Kind.BROKEN;
        }

        private boolean accept(String word) {
            boolean accepted = lexer.isWord(token, word);
            if (accepted) {
                advance();
            }
            return accepted;
        }

        private boolean accept(char symbol) {
            boolean accepted = lexer.isSymbol(token, symbol);
            if (accepted) {
                advance();
            }
            return accepted;
        }

        private void advance() {
            token = lexer.next();
        }
    }
}
