package dev.quarry.pydantic;

import java.math.BigInteger;

/**
 * Parses whole numbers as Pydantic 2 does: ASCII digits with an optional sign, white space around, single underscores
 * between digits, leading zeros, and a fraction of only zeros ({@code "24.0"}). The number may have at most 4,300
 * characters; Python has this limit against slow parsing.
 *
 * <p>Pydantic reads {@code "0-1"} as −1; this class refuses it.
 */
final class PydanticInteger {
    private static final int LONGEST = 4_300;
    private static final ParseResult<BigInteger> UNREADABLE = new ParseResult.Invalid<>(
            "int_parsing", "Input should be a valid integer, unable to parse string as an integer");
    private static final ParseResult<BigInteger> TOO_LONG = new ParseResult.Invalid<>(
            "int_parsing_size", "Unable to parse input string as an integer, exceeded maximum size");

    private PydanticInteger() {}

    static ParseResult<BigInteger> parse(String text) {
        if (startsWithTooManyDigits(text)) {
            return TOO_LONG;
        }
        String number = trim(text);
        boolean negative = number.startsWith("-");
        if (negative || number.startsWith("+")) {
            number = number.substring(1);
        }
        int point = number.indexOf('.');
        if (point >= 0) {
            String fraction = number.substring(point + 1);
            if (fraction.isEmpty() || !fraction.chars().allMatch(digit -> digit == '0')) {
                return UNREADABLE;
            }
            number = number.substring(0, point);
        }
        if (number.isEmpty()
                || number.startsWith("_")
                || number.endsWith("_")
                || !number.chars().allMatch(character -> isDigit(character) || character == '_')) {
            return UNREADABLE;
        }
        String significant = withoutLeadingZeros(number);
        if (significant.contains("__")) {
            return UNREADABLE;
        }
        String digits = (negative ? "-" : "") + significant.replace("_", "");
        return digits.length() > LONGEST ? UNREADABLE : new ParseResult.Valid<>(new BigInteger(digits));
    }

    /**
     * Whether a text starts with more digits than allowed, whatever follows. Applies only to the plainest form: a first
     * digit that is not 0, with at most a minus sign before it.
     */
    private static boolean startsWithTooManyDigits(String text) {
        int first = text.startsWith("-") ? 1 : 0;
        if (text.length() <= LONGEST || text.charAt(first) == '0') {
            return false;
        }
        return text.substring(first, LONGEST + 1).chars().allMatch(PydanticInteger::isDigit);
    }

    /** Drops leading zeros, and any underscores among them. One zero stays if there is nothing else. */
    private static String withoutLeadingZeros(String number) {
        int first = 0;
        while (first < number.length() - 1 && (number.charAt(first) == '0' || number.charAt(first) == '_')) {
            first++;
        }
        return number.substring(first);
    }

    private static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }

    /**
     * Removes Unicode's {@code White_Space}; both {@code trim()} and {@code strip()} remove other sets of characters.
     */
    private static String trim(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isWhiteSpace(text.charAt(start))) {
            start++;
        }
        while (start < end && isWhiteSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isWhiteSpace(char character) {
        return (character >= '\t' && character <= '\r') || character == '\u0085' || Character.isSpaceChar(character);
    }
}
