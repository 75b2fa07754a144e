package dev.quarry.tabular;

import dev.quarry.arrow.ArrowStream;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.Optional;

/** The formats of tables besides JSON. */
public enum TableFormat {
    CSV(Csv.MEDIA_TYPE, Csv.CONTENT_TYPE),
    ARROW(ArrowStream.MEDIA_TYPE, ArrowStream.MEDIA_TYPE);

    private final String mediaType;
    private final String contentType;

    TableFormat(String mediaType, String contentType) {
        this.mediaType = mediaType;
        this.contentType = contentType;
    }

    /** Empty for the media type of another format, such as JSON. */
    static Optional<TableFormat> of(MediaType mediaType) {
        return Arrays.stream(values())
                .filter(format -> mediaType.isCompatible(MediaType.valueOf(format.mediaType)))
                .findFirst();
    }

    public String mediaType() {
        return mediaType;
    }

    /** An {@code Accept} header that prefers this format where it exists, and takes any other elsewhere. */
    String acceptHeader() {
        return mediaType + ", */*;q=0.1";
    }

    /** The {@code Content-Type} of answers. */
    public String contentType() {
        return contentType;
    }
}
