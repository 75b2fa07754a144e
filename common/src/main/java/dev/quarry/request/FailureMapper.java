package dev.quarry.request;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.quarry.caller.Mechanism;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.error.FailureRenderer;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns every exception into an answer. An unknown exception is a 500 that tells the client nothing. */
@ApplicationScoped
public class FailureMapper {
    private static final Logger LOG = Logger.getLogger(FailureMapper.class);

    private final Instance<FailureRenderer> renderer;
    private final CurrentVertxRequest request;
    private final Routes routes;
    private final Set<Mechanism> mechanisms;

    FailureMapper(
            Instance<FailureRenderer> renderer,
            CurrentVertxRequest request,
            Routes routes,
            @ConfigProperty(name = "quarry.auth.mechanisms") Optional<Set<Mechanism>> mechanisms) {
        this.renderer = renderer;
        this.request = request;
        this.routes = routes;
        this.mechanisms = mechanisms.orElse(Set.of());
    }

    /** Names the exceptions for which Quarkus has mappers of its own, because these would otherwise be used instead. */
    @ServerExceptionMapper({
        AuthenticationFailedException.class,
        ForbiddenException.class,
        NotFoundException.class,
        UnauthorizedException.class,
        WebApplicationException.class,
        Throwable.class
    })
    public Response render(Throwable thrown) {
        RoutingContext context = request.getCurrent();
        if (context.response().headWritten()) {
            return breakOff(context, thrown);
        }
        Failure failure = failureOf(thrown, context);
        if (failure.status() >= 500) {
            log(failure, thrown);
        }
        String requestId =
                RequestContext.current().map(RequestContext::requestId).orElse("");
        FailureRenderer family = renderer.get();
        Response.ResponseBuilder response = Response.status(family.status(failure))
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(family.body(failure, requestId));
        addHeaders(failure, response);
        return response.build();
    }

    /**
     * Breaks off an answer that failed after a part of it was sent: the body of an error would follow that part and end
     * the answer properly.
     */
    private static Response breakOff(RoutingContext context, Throwable thrown) {
        if (hasCause(thrown, IOException.class) && !hasCause(thrown, JsonProcessingException.class)) {
            LOG.debug("The client went away", thrown);
        } else {
            LOG.error("Request failed in the middle of its answer", thrown);
        }
        BrokenAnswer.breakOff(context);
        return Response.serverError().build();
    }

    private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private Failure failureOf(Throwable thrown, RoutingContext context) {
        return thrown instanceof NotFoundException && routes.has(context.normalizedPath())
                ? new Failure.MethodNotAllowed()
                : failureOf(thrown, mechanisms);
    }

    /**
     * The failure to report to the client for an exception.
     *
     * @param accepted the mechanisms that the service accepts
     */
    public static Failure failureOf(Throwable thrown, Collection<Mechanism> accepted) {
        return switch (thrown) {
            case FailureException told -> told.failure();
            case AuthenticationFailedException _, UnauthorizedException _ ->
                new Failure.Unauthenticated("Missing or invalid credentials. " + Mechanism.advice(accepted));
            case ForbiddenException _ -> new Failure.Forbidden("", "You do not have permission to perform this action");
            case NotFoundException _ -> new Failure.NoSuchRoute();
            case NotAllowedException _ -> new Failure.MethodNotAllowed();
            case WebApplicationException refused
            when isClientError(refused) ->
                new Failure.Malformed(
                        refused.getResponse().getStatus(),
                        refused.getResponse().getStatusInfo().getReasonPhrase());
            default -> new Failure.Internal();
        };
    }

    private static boolean isClientError(WebApplicationException refused) {
        return refused.getResponse().getStatusInfo().getFamily() == Response.Status.Family.CLIENT_ERROR;
    }

    /** Logs a stack trace only for bugs of ours, and one line for an unreachable or slow store. */
    private static void log(Failure failure, Throwable thrown) {
        if (failure instanceof Failure.Internal) {
            LOG.error("Request failed", thrown);
        } else {
            Throwable cause = thrown.getCause() == null ? thrown : thrown.getCause();
            LOG.warnf(
                    "Request failed: %s: %s",
                    thrown.getMessage(), cause.getClass().getSimpleName());
        }
    }

    private void addHeaders(Failure failure, Response.ResponseBuilder response) {
        switch (failure) {
            case Failure.TooManyRequests limited -> retryAfter(response, limited.retryAfter());
            case Failure.Overloaded overloaded -> retryAfter(response, overloaded.retryAfter());
            case Failure.Unreachable unreachable -> retryAfter(response, unreachable.retryAfter());
            case Failure.MethodNotAllowed _ -> response.allow("GET", "HEAD");
            case Failure.Unauthenticated _ ->
                response.header(HttpHeaders.WWW_AUTHENTICATE, Mechanism.challenge(mechanisms));
            case Failure.Forbidden _,
                    Failure.NotFound _,
                    Failure.NoSuchRoute _,
                    Failure.Invalid _,
                    Failure.Malformed _,
                    Failure.QueryTooLarge _,
                    Failure.TimedOut _,
                    Failure.Internal _ -> {}
        }
    }

    private static void retryAfter(Response.ResponseBuilder response, Duration delay) {
        response.header(HttpHeaders.RETRY_AFTER, Math.max(1, delay.toSeconds()));
    }
}
