package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatementsTest {
    @Test
    void cutsAtSemicolons() {
        assertEquals(List.of("SELECT 1", "SELECT 2"), Statements.of("SELECT 1;\n\nSELECT 2;\n"));
        assertEquals(List.of("SELECT 1", "SELECT 2"), Statements.of("SELECT 1; SELECT 2"));
    }

    @Test
    void aPieceWithoutSqlIsNotAStatement() {
        assertEquals(List.of(), Statements.of(""));
        assertEquals(List.of(), Statements.of(" ;\n; -- nothing; at all\n /* nor; here */ ;"));
    }

    @Test
    void keepsSemicolonsInsideQuotes() {
        for (String quoted : List.of(
                "'a;b'",
                "'it''s; here'",
                "'back\\';slash'",
                "\"a;b\"",
                "`a;b`",
                "'--;'",
                "'/*;'",
                "$$a;b$$",
                "$x$;$$;$x$")) {
            assertEquals(List.of("SELECT " + quoted, "SELECT 2"), Statements.of("SELECT " + quoted + "; SELECT 2"));
        }
    }

    @Test
    void keepsSemicolonsAndQuotesInsideComments() {
        for (String comment :
                List.of("-- don't; stop\n", "# don't; stop\n", "#! don't; stop\n", "/* don't; \n stop */")) {
            String statement = "SELECT " + comment + " 1";
            assertEquals(List.of(statement, "SELECT 2"), Statements.of(statement + "; SELECT 2"));
        }
    }

    @Test
    void aSingleDollarSignOpensNoHereDocument() {
        assertEquals(List.of("SELECT a$b", "SELECT $"), Statements.of("SELECT a$b; SELECT $"));
    }

    @Test
    void aCommentMayEndTheScript() {
        assertEquals(List.of("SELECT 1"), Statements.of("SELECT 1; -- the end"));
    }

    @Test
    void anUnclosedQuoteIsReportedWithItsLine() {
        for (String open : List.of("'", "\"", "`", "/* ", "$x$", "'\\'")) {
            MigrationException failure =
                    assertThrows(MigrationException.class, () -> Statements.of("SELECT 1;\nSELECT " + open));
            assertEquals(true, failure.getMessage().endsWith("that opens on line 2 is never closed."), open);
        }
    }
}
