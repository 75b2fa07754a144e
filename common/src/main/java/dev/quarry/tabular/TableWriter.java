package dev.quarry.tabular;

import dev.quarry.arrow.ArrowStream;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;

/** Writes a table, part by part. */
@Provider
@Produces({Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
public class TableWriter implements MessageBodyWriter<Object> {
    private final TableAnswers answers;

    TableWriter(TableAnswers answers) {
        this.answers = answers;
    }

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return EncodedTable.class.isAssignableFrom(type) || Tabular.class.isAssignableFrom(type);
    }

    @Override
    public void writeTo(
            Object answer,
            Class<?> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> headers,
            OutputStream out)
            throws IOException {
        EncodedTable table = answer instanceof Tabular tabular
                ? answers.encode(TableFormat.of(mediaType).orElseThrow(), tabular.table())
                : (EncodedTable) answer;
        table.write(out);
    }
}
