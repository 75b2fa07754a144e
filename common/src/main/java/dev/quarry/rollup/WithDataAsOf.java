package dev.quarry.rollup;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** Marks a resource that answers from silver or gold. {@link Freshness#HEADER} then tells how fresh its answers are. */
@NameBinding
@Retention(RUNTIME)
@Target({TYPE, METHOD})
public @interface WithDataAsOf {}
