package dev.quarry.apps.logs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.apps.Apps;
import dev.quarry.apps.AppsConfiguration;
import dev.quarry.auth.CallerRevalidation;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.error.FailureException;
import dev.quarry.parameters.Parameters;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code GET /v1/apps/{app_id}/logs/tail}: new entries of an app's log, as server-sent events. */
@Path("/v1/apps/{app_id}/logs/tail")
public class TailResource {
    private static final Logger LOG = Logger.getLogger(TailResource.class);
    private static final long RECONNECT_MILLIS = 2_000;
    /** A revoked credential ends its tails within a second. */
    private static final Duration CREDENTIAL_CHECK = Duration.ofMillis(100);

    private final SecurityIdentity identity;
    private final Parameters<TailParameters> parameters;
    private final Apps apps;
    private final Tails tails;
    private final TailLimit limit;
    private final CallerRevalidation revalidation;
    private final AppsConfiguration.Tail configuration;
    private final ObjectMapper json;
    private final Clock clock;

    TailResource(
            SecurityIdentity identity,
            Parameters<TailParameters> parameters,
            Apps apps,
            Tails tails,
            TailLimit limit,
            CallerRevalidation revalidation,
            AppsConfiguration configuration,
            ObjectMapper json,
            Clock clock) {
        this.identity = identity;
        this.parameters = parameters;
        this.apps = apps;
        this.tails = tails;
        this.limit = limit;
        this.revalidation = revalidation;
        this.configuration = configuration.tail();
        this.json = json;
        this.clock = clock;
    }

    /** Without this method, a HEAD request would open a tail that sends nothing. */
    @Operation(hidden = true)
    @HEAD
    @PermissionsAllowed(Permissions.APPS_READ)
    @RunOnVirtualThread
    public RestResponse<Void> head() {
        apps.requireOwn(Caller.of(identity), parameters.read().path().app());
        return RestResponse.ResponseBuilder.<Void>ok()
                .type(MediaType.SERVER_SENT_EVENTS_TYPE)
                .build();
    }

    @Operation(
            operationId = "tail_app_logs",
            summary = "Tail runtime or request logs",
            description =
                    "Extension: entries as they arrive, as server-sent events. The data of an event is an entry as in the log. A client continues after an event by its id.")
    @APIResponse(
            responseCode = "200",
            description = "A stream that ends after some minutes; connect again with the id of the last event",
            content = @Content(mediaType = MediaType.SERVER_SENT_EVENTS, schema = @Schema(type = SchemaType.STRING)))
    @APIResponse(
            responseCode = "429",
            description = "The credential made too many requests, or the organization has too many open tails")
    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @PermissionsAllowed(Permissions.APPS_READ)
    @RunOnVirtualThread
    public void tail(@Context SseEventSink sink, @Context Sse sse) {
        Caller caller = Caller.of(identity);
        TailParameters asked = parameters.read();

        apps.requireOwn(caller, asked.path().app());
        try (var _ = limit.take(caller);
                var tail = tails.follow(caller, asked.filter(), asked.resume());
                sink) {
            follow(tail, revalidation.watch(caller), sink, sse);
        }
    }

    private void follow(Subscription tail, CallerRevalidation.Watch caller, SseEventSink sink, Sse sse) {
        Instant end = clock.instant().plus(configuration.lifetime());
        long heartbeat = configuration.heartbeat().toNanos();
        try {
            // With an id, so that a client that receives no entry resumes too.
            send(
                    sink,
                    sse.newEventBuilder()
                            .id(tail.cursor().toString())
                            .reconnectDelay(RECONNECT_MILLIS)
                            .comment("open")
                            .build());
            long lastSent = System.nanoTime();
            while (!sink.isClosed()
                    && tail.isOpen()
                    && !limit.isEnding()
                    && clock.instant().isBefore(end)
                    && caller.holds()) {
                List<TailEntry> entries = tail.next(CREDENTIAL_CHECK);
                for (TailEntry entry : entries) {
                    if (!caller.holds()) {
                        return;
                    }
                    send(sink, event(sse, entry));
                }
                if (!entries.isEmpty()) {
                    lastSent = System.nanoTime();
                } else if (System.nanoTime() - lastSent >= heartbeat) {
                    send(sink, sse.newEventBuilder().comment("still here").build());
                    lastSent = System.nanoTime();
                }
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (FailureException | ExecutionException | TimeoutException ended) {
            // The status has been sent already. The client connects again, and then gets the error.
            LOG.debugf("A tail ended: %s", ended.getMessage());
        }
    }

    /** Waits until the event is sent, so that a client that does not read delays only its own tail. */
    private void send(SseEventSink sink, OutboundSseEvent event)
            throws InterruptedException, ExecutionException, TimeoutException {
        Duration patience = configuration.heartbeat();
        try {
            sink.send(event).toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IllegalStateException closed) {
            // The client has gone since the last check.
            throw new ExecutionException(closed);
        }
    }

    private OutboundSseEvent event(Sse sse, TailEntry entry) {
        try {
            return sse.newEventBuilder()
                    .id(entry.resume().toString())
                    .data(json.writeValueAsString(entry.entry()))
                    .build();
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
