/**
 * Completes the OpenAPI documents of the services while they are built.
 *
 * <p>An operation gets its parameters from the record that its resource reads with
 * {@link dev.quarry.parameters.Parameters}, its failures from the service's own
 * {@link dev.quarry.error.FailureRenderer}, its security from {@code quarry.auth.mechanisms}, its response headers from
 * the annotations of its resource, and its example answer from {@link dev.quarry.documents.Example}.
 */
package dev.quarry.documents;
