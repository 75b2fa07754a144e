package dev.quarry.apps;

import dev.quarry.parameters.Parameter;
import dev.quarry.parameters.Place;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The app that a path names. */
@RegisterForReflection
public record AppPath(
        @Parameter(
                name = "app_id",
                in = Place.PATH,
                title = "App Id",
                description = "Id of an app of the caller's organization",
                example = "web")
        String app) {}
