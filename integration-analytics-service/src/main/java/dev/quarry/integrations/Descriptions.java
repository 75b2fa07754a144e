package dev.quarry.integrations;

/** Descriptions of properties that several rows have, for the OpenAPI document. */
public final class Descriptions {
    public static final String TIME_BUCKET = "Start of the bucket, in UTC";
    public static final String INVOCATIONS = "Number of invocations, at least 0";
    public static final String SUCCESSFUL = "Number of successful invocations, at least 0";
    public static final String VENDOR_ERRORS =
            "Number of invocations that failed with an error of the vendor, at least 0";
    public static final String EXCEPTIONS = "Number of invocations that failed with an exception, at least 0";
    public static final String SUCCESS_RATE =
            "Successful invocations in percent of all, 0 to 100, with two decimals; 0 without invocations";
    public static final String P95_LATENCY = "95th percentile of the latency in milliseconds, failures included, at"
            + " least 0: exact, by nearest rank; 0 without invocations";

    private Descriptions() {}
}
