package dev.quarry.retention;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** Marks a resource. {@link DataSince#HEADER} then names the first day for which its answers are complete. */
@NameBinding
@Retention(RUNTIME)
@Target({TYPE, METHOD})
public @interface WithDataSince {}
