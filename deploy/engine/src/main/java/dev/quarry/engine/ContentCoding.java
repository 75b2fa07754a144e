package dev.quarry.engine;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;

/** HTTP's content codings that this server reads and writes, the cheapest to write first. */
enum ContentCoding {
    LZ4 {
        @Override
        InputStream decoding(InputStream in) throws IOException {
            return new LZ4FrameInputStream(in);
        }

        @Override
        OutputStream encoding(OutputStream out) throws IOException {
            return new LZ4FrameOutputStream(out, LZ4FrameOutputStream.BLOCKSIZE.SIZE_256KB);
        }
    },
    ZSTD {
        @Override
        InputStream decoding(InputStream in) throws IOException {
            return new ZstdInputStreamNoFinalizer(in);
        }

        @Override
        OutputStream encoding(OutputStream out) throws IOException {
            return new ZstdOutputStreamNoFinalizer(out);
        }
    },
    GZIP {
        @Override
        InputStream decoding(InputStream in) throws IOException {
            return new GZIPInputStream(in);
        }

        @Override
        OutputStream encoding(OutputStream out) throws IOException {
            return new GZIPOutputStream(out);
        }
    },
    DEFLATE {
        @Override
        InputStream decoding(InputStream in) {
            return new InflaterInputStream(in);
        }

        @Override
        OutputStream encoding(OutputStream out) {
            return new DeflaterOutputStream(out);
        }
    },
    IDENTITY {
        @Override
        InputStream decoding(InputStream in) {
            return in;
        }

        @Override
        OutputStream encoding(OutputStream out) {
            return out;
        }
    };

    abstract InputStream decoding(InputStream in) throws IOException;

    abstract OutputStream encoding(OutputStream out) throws IOException;

    /** {@return as HTTP writes it} */
    String token() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a Content-Encoding header.
     *
     * @param header null for none
     * @throws EngineException when this server cannot read it
     */
    static ContentCoding ofBody(String header) {
        if (header == null || header.isBlank()) {
            return IDENTITY;
        }
        return Arrays.stream(values())
                .filter(coding -> coding.token().equalsIgnoreCase(header.strip()))
                .findFirst()
                .orElseThrow(() -> new EngineException(
                        ErrorCode.UNKNOWN_COMPRESSION_METHOD, "Unknown compression method " + header));
    }

    /** Picks the cheapest of what an Accept-Encoding header, or null, offers. */
    static ContentCoding accepted(String header) {
        String accepted = header == null ? "" : header.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(coding -> Arrays.stream(accepted.split(","))
                        .anyMatch(
                                offer -> offer.strip().split(";", 2)[0].strip().equals(coding.token())))
                .findFirst()
                .orElse(IDENTITY);
    }
}
