package dev.quarry.engine;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * ClickHouse's error codes with an HTTP status of their own, and the codes that this server raises. All other codes are
 * a 500, as in ClickHouse.
 */
enum ErrorCode {
    UNEXPECTED_END_OF_FILE(3, 500),
    CANNOT_PARSE_TEXT(6, 400),
    THERE_IS_NO_COLUMN(8, 400),
    NOT_FOUND_COLUMN_IN_BLOCK(10, 500),
    DUPLICATE_COLUMN(15, 400),
    NO_SUCH_COLUMN_IN_TABLE(16, 500),
    NUMBER_OF_COLUMNS_DOESNT_MATCH(20, 500),
    CANNOT_PARSE_ESCAPE_SEQUENCE(25, 400),
    CANNOT_PARSE_QUOTED_STRING(26, 400),
    CANNOT_PARSE_INPUT_ASSERTION_FAILED(27, 400),
    ATTEMPT_TO_READ_AFTER_EOF(32, 500),
    CANNOT_READ_ALL_DATA(33, 500),
    BAD_ARGUMENTS(36, 400),
    UNKNOWN_ELEMENT_IN_AST(37, 400),
    CANNOT_PARSE_DATE(38, 400),
    CANNOT_PARSE_DATETIME(41, 400),
    ILLEGAL_COLUMN(44, 400),
    UNKNOWN_FUNCTION(46, 404),
    UNKNOWN_IDENTIFIER(47, 404),
    NOT_IMPLEMENTED(48, 501),
    UNKNOWN_TYPE(50, 404),
    TYPE_MISMATCH(53, 400),
    UNKNOWN_STORAGE(56, 404),
    UNKNOWN_TABLE(60, 404),
    SYNTAX_ERROR(62, 400),
    UNKNOWN_AGGREGATE_FUNCTION(63, 404),
    ARGUMENT_OUT_OF_BOUND(69, 500),
    CANNOT_CONVERT_TYPE(70, 500),
    CANNOT_PARSE_NUMBER(72, 400),
    UNKNOWN_FORMAT(73, 404),
    CANNOT_OPEN_FILE(76, 503),
    UNKNOWN_TYPE_OF_QUERY(78, 404),
    UNKNOWN_DATABASE(81, 404),
    UNKNOWN_COMPRESSION_METHOD(89, 500),
    UNKNOWN_SETTING(115, 404),
    INCORRECT_DATA(117, 400),
    UNKNOWN_TYPE_OF_AST_NODE(123, 400),
    TOO_LARGE_ARRAY_SIZE(128, 500),
    TOO_LARGE_STRING_SIZE(131, 500),
    UNKNOWN_DIRECTION_OF_SORTING(152, 404),
    TIMEOUT_EXCEEDED(159, 408),
    READONLY(164, 500),
    TOO_DEEP_AST(167, 400),
    TOO_BIG_AST(168, 400),
    UNKNOWN_USER(192, 403),
    WRONG_PASSWORD(193, 403),
    REQUIRED_PASSWORD(194, 401),
    /** ClickHouse answers 500. A 503 says what it means, and clients wait before they repeat it. */
    TOO_MANY_SIMULTANEOUS_QUERIES(202, 503),
    SOCKET_TIMEOUT(209, 503),
    NETWORK_ERROR(210, 500),
    QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING(216, 500),
    UNEXPECTED_AST_STRUCTURE(223, 400),
    QUERY_IS_TOO_LARGE(229, 413),
    /** Raised while the server stops: clients may repeat the query later. */
    ABORTED(236, 503),
    CANNOT_DECOMPRESS(271, 500),
    VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE(321, 400),
    UNKNOWN_DATABASE_ENGINE(336, 404),
    CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN(349, 500),
    INTO_OUTFILE_NOT_ALLOWED(358, 500),
    CANNOT_PARSE_UUID(376, 400),
    HTTP_LENGTH_REQUIRED(381, 411),
    QUERY_WAS_CANCELLED(394, 500),
    /** The default of a required column throws it. */
    FUNCTION_THROW_IF_VALUE_IS_NON_ZERO(395, 500),
    DECIMAL_OVERFLOW(407, 500),
    CANNOT_COMPILE_REGEXP(427, 400),
    CANNOT_SCHEDULE_TASK(439, 503),
    CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING(441, 400),
    VIOLATED_CONSTRAINT(469, 500),
    ACCESS_DENIED(497, 403),
    UNKNOWN_ROLE(511, 404),
    SET_NON_GRANTED_ROLE(512, 403),
    AUTHENTICATION_FAILED(516, 403),
    CANNOT_PARSE_IPV4(675, 400),
    CANNOT_PARSE_IPV6(676, 400),
    UNKNOWN_ELEMENT_OF_ENUM(691, 500),
    UNSUPPORTED_MEDIA_TYPE(779, 415),
    UNKNOWN_EXCEPTION(1002, 500);

    /** Codes that are a 500 in ClickHouse, although the data of an INSERT can cause them. */
    private static final Set<ErrorCode> OF_DATA = EnumSet.of(
            UNEXPECTED_END_OF_FILE,
            NOT_FOUND_COLUMN_IN_BLOCK,
            NO_SUCH_COLUMN_IN_TABLE,
            NUMBER_OF_COLUMNS_DOESNT_MATCH,
            ATTEMPT_TO_READ_AFTER_EOF,
            CANNOT_READ_ALL_DATA,
            ARGUMENT_OUT_OF_BOUND,
            CANNOT_CONVERT_TYPE,
            TOO_LARGE_ARRAY_SIZE,
            TOO_LARGE_STRING_SIZE,
            CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN,
            FUNCTION_THROW_IF_VALUE_IS_NON_ZERO,
            DECIMAL_OVERFLOW,
            VIOLATED_CONSTRAINT,
            UNKNOWN_ELEMENT_OF_ENUM);

    private static final Map<Integer, ErrorCode> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toMap(ErrorCode::number, Function.identity()));

    private final int number;
    private final int status;

    ErrorCode(int number, int status) {
        this.number = number;
        this.status = status;
    }

    int number() {
        return number;
    }

    /** {@return the HTTP status for any of ClickHouse's codes, listed here or not} */
    static int status(int number) {
        ErrorCode code = BY_NUMBER.get(number);
        return code == null ? 500 : code.status;
    }

    /**
     * {@return the HTTP status of an INSERT that failed with the code} It is a 400 if the data can cause the failure,
     * so that the producer does not send the same rows again. ClickHouse answers 500 to some of these.
     */
    static int statusOfInsert(int number) {
        ErrorCode code = BY_NUMBER.get(number);
        return code != null && OF_DATA.contains(code) ? 400 : status(number);
    }
}
