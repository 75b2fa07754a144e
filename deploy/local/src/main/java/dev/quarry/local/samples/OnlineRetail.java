package dev.quarry.local.samples;

import dev.quarry.local.samples.BronzeRow.Dimensions;
import dev.quarry.local.samples.BronzeRow.Event;
import java.io.IOException;
import java.io.Reader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A shop's invoices, one record per line of an invoice, as usage events: the customer is the user, the invoice the
 * session, each line a tool call, and the article both tool and feature.
 *
 * <p>Lines of cancelled invoices ({@code C...}) are tool calls like any other: the customer was active, and the
 * invoice has its own number. Lines of an invoice may have different times, so each line keeps its own. Lines without a
 * customer are left out.
 */
final class OnlineRetail implements SampleConverter {
    private static final List<String> COLUMNS =
            List.of("InvoiceNo", "StockCode", "InvoiceDate", "CustomerID", "Country");

    static final String NO_CUSTOMER = "no customer";
    static final String NO_TIME = "unreadable InvoiceDate";

    @Override
    public void convert(Reader file, LoadTarget target, Rows rows) throws IOException {
        EventIds ids = new EventIds();
        CsvFile.forEach(file, COLUMNS, rows, line -> {
            String customer = customer(line.cell("CustomerID"));
            Optional<Instant> time = LocalTimes.parse(line.cell("InvoiceDate"));
            if (customer.isEmpty()) {
                rows.leaveOut(NO_CUSTOMER);
            } else if (time.isEmpty()) {
                rows.leaveOut(NO_TIME);
            } else {
                rows.write(new Event(
                        target.organizationId(),
                        ids.next("online-retail\n" + line.content()),
                        target.moved(time.get()),
                        customer,
                        line.cell("InvoiceNo"),
                        "tool_call",
                        line.cell("StockCode"),
                        line.cell("StockCode"),
                        Dimensions.ofCountry(line.cell("Country"))));
            }
        });
    }

    /** Spreadsheets write numbers with a fraction: 12583.0 is customer 12583. */
    private static String customer(String cell) {
        return cell.endsWith(".0") ? cell.substring(0, cell.length() - 2) : cell;
    }
}
