package dev.quarry.organizations;

import dev.quarry.parameters.Parameter;
import dev.quarry.parameters.Place;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The workspace that a path names. */
@RegisterForReflection
public record WorkspacePath(
        OrganizationPath owner,

        @Parameter(
                name = "workspace_id",
                in = Place.PATH,
                title = "Workspace Id",
                description = "Id of a workspace of the organisation",
                example = "research")
        String workspace) {}
