package dev.quarry.rollup;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** Put on a resource whose answers come from refined tables: they then say in {@link Freshness#HEADER} how fresh they are. */
@NameBinding
@Retention(RUNTIME)
@Target({TYPE, METHOD})
public @interface WithDataAsOf {}
