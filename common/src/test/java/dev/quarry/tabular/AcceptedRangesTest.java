package dev.quarry.tabular;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptedRangesTest {
    private static final String LINES = "&";

    /** Lines of the header are separated by {@code &}. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                                         | JSON
            */*                                                        | JSON
            *                                                          | JSON
            text/html                                                  | JSON
            application/*                                              | JSON
            text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2       | JSON
            text/html,application/xml;q=0.9,*/*;q=0.8                  | JSON
            application/json, text/plain, */*                          | JSON
            text/csv, application/json                                 | JSON
            text/csv;q=0.5, application/json                           | JSON
            application/*, text/csv                                    | JSON
            application/json, application/vnd.apache.arrow.stream;q=.9 | JSON
            text/csv;q=0                                               | JSON
            text/csv;q=0, text/*                                       | JSON
            */*;q=0                                                    | JSON
            text/csv;q=x                                               | JSON
            text/csv;q=                                                | JSON
            text/csv;q=-1                                              | JSON
            text                                                       | JSON
            csv                                                        | JSON
            text/csvx                                                  | JSON
            text/csv                                                   | CSV
            Text/CSV; Q=1                                              | CSV
            text/csv;header=present;charset="utf-8"                    | CSV
            text/*                                                     | CSV
            text/*;q=.2                                                | CSV
            text/csv, */*                                              | CSV
            */*, text/csv                                              | CSV
            text/csv;q=5, application/json                             | JSON
            text/csv;q=1., application/json;q=.999                     | CSV
            application/json;q=0.5, text/csv                           | CSV
            application/json;q=0, */*                                  | CSV
            application/json;q=x, text/csv;q=0.1                       | CSV
            application/xml, text/csv;q=0.1                            | CSV
            text/html & text/csv                                       | CSV
            text/html & json                                           | JSON
            application/json;q=.5 & text/csv;q=.6                      | CSV
            ,, text/csv ,;                                             | CSV
            application/vnd.apache.arrow.stream                        | ARROW
            application/*, application/vnd.apache.arrow.stream         | ARROW
            application/vnd.apache.arrow.stream, */*;q=0.1             | ARROW
            text/csv;q=.5, application/vnd.apache.arrow.stream;q=.6    | ARROW
            text/csv, application/vnd.apache.arrow.stream              | CSV
            """)
    void choosesAFormat(String header, String format) {
        assertEquals(
                format,
                new AcceptedRanges(List.of(header.split(LINES, -1)))
                        .table()
                        .map(Enum::name)
                        .orElse("JSON"));
    }
}
