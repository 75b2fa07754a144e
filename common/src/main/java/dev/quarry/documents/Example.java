package dev.quarry.documents;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** An answer of a resource method, as JSON, for the OpenAPI document. */
@Retention(RUNTIME)
@Target(METHOD)
public @interface Example {
    String value();
}
