package dev.quarry.retention;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** Put on a resource whose answers say in {@link DataSince#HEADER} how far back they are whole. */
@NameBinding
@Retention(RUNTIME)
@Target({TYPE, METHOD})
public @interface KnownSince {}
