package dev.quarry.parameters;

import static java.lang.annotation.ElementType.PARAMETER;
import static java.lang.annotation.ElementType.RECORD_COMPONENT;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * Declares a request parameter, as a component of a record that {@link Parameters} reads. Requests are checked, and the
 * OpenAPI document is made, from the declaration.
 *
 * <p>The component's type decides which texts are valid:
 *
 * <ul>
 *   <li>{@code int}: a whole number from {@link #minimum} to {@link #maximum}
 *   <li>{@code LocalDate}: a day from {@link #earliest} to {@link #latest}
 *   <li>{@code DateTime}: a date and time, with an offset from UTC or without one
 *   <li>{@code boolean}: {@code true}, {@code 1}, {@code yes} and the other words of Pydantic
 *   <li>{@code ZoneId}: a name of the IANA time zone database
 *   <li>an enum: the names of its constants in lower case, or those of {@link #values}
 *   <li>{@code String}: any text within {@link #minimumLength} and {@link #maximumLength}, one of {@link #values}, or
 *       one that matches {@link #pattern}
 *   <li>{@code Optional} of these: empty if the parameter was not sent
 * </ul>
 *
 * <p>A parameter is required if its component is not {@code Optional} and has no {@link #defaultValue}.
 */
@Retention(RUNTIME)
@Target({RECORD_COMPONENT, PARAMETER})
public @interface Parameter {
    /** Means "no default", because an empty default is possible. */
    String NO_DEFAULT = "\0";

    String name();

    Place in() default Place.QUERY;

    /** For the OpenAPI document. */
    String description();

    /** For the OpenAPI document: the title of the schema, if a published document has one. */
    String title() default "";

    /** The value of a parameter that was not sent, as text. */
    String defaultValue() default NO_DEFAULT;

    /** For the OpenAPI document: the default of an {@code Optional} parameter that the endpoint itself fills in. */
    String documentedDefault() default NO_DEFAULT;

    /** Minimum of a whole number, inclusive. */
    int minimum() default Integer.MIN_VALUE;

    /** Maximum of a whole number, inclusive. */
    int maximum() default Integer.MAX_VALUE;

    /** Earliest day, inclusive, such as {@code 1970-01-01}. */
    String earliest() default "0001-01-01";

    /** Latest day, inclusive, such as {@code 2099-12-31}. */
    String latest() default "9999-12-31";

    /** Minimum length of a text, in Unicode code points. */
    int minimumLength() default 0;

    /** Maximum length of a text, in Unicode code points. */
    int maximumLength() default Integer.MAX_VALUE;

    /** Pattern of a text: anchored at both ends, with the same meaning in Java, JavaScript and Rust. */
    String pattern() default "";

    /** The valid words of a text or enum. */
    String[] values() default {};

    /** Whether a request may send the parameter several times. The texts are then joined by commas. */
    boolean repeatable() default false;

    /** For the OpenAPI document: whether the published schema allows null, although no request can send it. */
    boolean nullable() default false;

    /** For the OpenAPI document: a value in an example request. */
    String example() default "";
}
