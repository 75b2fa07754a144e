package dev.quarry.cache;

import jakarta.ws.rs.core.HttpHeaders;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** An answer as it is sent. */
final class CachedAnswer {
    private static final int TAG_BYTES = 16;
    private static final String WEAK = "W/";
    /** Estimated bytes of an entry besides its body: its objects, those of its question included. */
    private static final int OVERHEAD = 1_000;

    private final byte[] body;
    private final String mediaType;
    private final Map<String, String> headers;
    private final Optional<LocalDate> dataSince;
    /** With its quotation marks. */
    private final String tag;

    /**
     * @param body the caller of this constructor must not change it afterwards
     * @param headers headers that the endpoint itself set
     * @param dataSince the first day for which the answer is complete
     */
    CachedAnswer(byte[] body, String mediaType, Map<String, String> headers, Optional<LocalDate> dataSince) {
        this.body = body;
        this.mediaType = mediaType;
        this.dataSince = dataSince;
        this.tag = tagOf(body);
        Map<String, String> all = new HashMap<>(headers);
        all.put(HttpHeaders.CONTENT_TYPE, mediaType);
        all.put(HttpHeaders.ETAG, tag);
        this.headers = Map.copyOf(all);
    }

    byte[] body() {
        return body;
    }

    String mediaType() {
        return mediaType;
    }

    /**
     * What the endpoint set, {@code Content-Type} and {@code ETag}. The tag is a hash of the body: replicas make the same
     * tag, and a rebuild that does not change the answer keeps it.
     */
    Map<String, String> headers() {
        return headers;
    }

    Optional<LocalDate> dataSince() {
        return dataSince;
    }

    /**
     * Whether an {@code If-None-Match} header names this answer. Weak tags count too (RFC 9110, 13.1.2): a gateway that
     * compresses an answer makes its tag weak.
     */
    boolean isNamedBy(String ifNoneMatch) {
        return Arrays.stream(ifNoneMatch.split(","))
                .map(String::strip)
                .map(name -> name.startsWith(WEAK) ? name.substring(WEAK.length()) : name)
                .anyMatch(name -> name.equals("*") || name.equals(tag));
    }

    /** Estimated size in bytes, with the objects of its question, but without the question's texts. */
    int size() {
        return body.length + OVERHEAD;
    }

    private static String tagOf(byte[] body) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
            return '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, TAG_BYTES)) + '"';
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
