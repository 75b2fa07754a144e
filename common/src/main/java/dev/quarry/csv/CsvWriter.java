package dev.quarry.csv;

import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;

/** Writes CSV, line by line. */
@Provider
@Produces(Csv.MEDIA_TYPE)
public class CsvWriter implements MessageBodyWriter<Object> {
    private final CsvAnswers answers;

    CsvWriter(CsvAnswers answers) {
        this.answers = answers;
    }

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return Csv.class.isAssignableFrom(type) || Tabular.class.isAssignableFrom(type);
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
        Csv<?> csv = answer instanceof Tabular tabular ? answers.of(tabular.table()) : (Csv<?>) answer;
        csv.write(out);
    }
}
