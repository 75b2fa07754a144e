package dev.quarry.organizations.apps;

import dev.quarry.organizations.WorkspacePath;
import dev.quarry.parameters.Parameter;
import dev.quarry.parameters.Place;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The app that a path names. */
@RegisterForReflection
record AppPath(
        WorkspacePath workspace,

        @Parameter(
                name = "app_id",
                in = Place.PATH,
                title = "App Id",
                description = "Id of an app of the workspace",
                example = "assistant")
        String app) {}
