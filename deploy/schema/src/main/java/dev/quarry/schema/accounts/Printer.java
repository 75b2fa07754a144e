package dev.quarry.schema.accounts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quarry.schema.accounts.Outcome.Changed;
import dev.quarry.schema.accounts.Outcome.Issued;
import dev.quarry.schema.accounts.Outcome.Listed;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Prints outcomes for people or, as JSON, for programs. */
final class Printer {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private final PrintStream out;
    private final PrintStream err;

    Printer(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    void print(Outcome outcome, boolean json) {
        switch (outcome) {
            case Listed listed when json -> printJson(JSON.valueToTree(listed.rows()));
            case Listed listed -> printTable(listed.rows());
            case Changed changed when json -> printJson(JSON.valueToTree(changed));
            case Changed changed -> out.println(changed.message());
            case Issued issued
            when json -> {
                ObjectNode credential = JSON.valueToTree(issued.credential());
                if (issued.secret().isNew()) {
                    credential.put("secret", issued.secret().value());
                }
                printJson(credential);
            }
            case Issued issued -> {
                err.println(issued.message());
                if (issued.secret().isNew()) {
                    err.println("Nobody can read it again, so keep it now:");
                    out.println(issued.secret().value());
                }
            }
        }
    }

    private void printJson(JsonNode node) {
        try {
            out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void printTable(List<? extends Record> rows) {
        if (rows.isEmpty()) {
            err.println("There are none.");
            return;
        }
        List<List<String>> lines = new ArrayList<>();
        for (Record row : rows) {
            ObjectNode node = JSON.valueToTree(row);
            if (lines.isEmpty()) {
                List<String> head = new ArrayList<>();
                node.fieldNames().forEachRemaining(head::add);
                lines.add(head);
            }
            lines.add(StreamSupport.stream(node.spliterator(), false)
                    .map(Printer::cell)
                    .toList());
        }
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int column = 0; column < line.size(); column++) {
                int index = column;
                int width = lines.stream()
                        .mapToInt(cells -> cells.get(index).length())
                        .max()
                        .orElse(0);
                text.append(line.get(column))
                        .repeat(' ', width - line.get(column).length() + 2);
            }
            out.println(text.toString().stripTrailing());
        }
    }

    private static String cell(JsonNode value) {
        if (value.isArray()) {
            return StreamSupport.stream(value.spliterator(), false)
                    .map(JsonNode::asText)
                    .collect(Collectors.joining(" "));
        }
        return value.isNull() ? "-" : value.asText();
    }
}
