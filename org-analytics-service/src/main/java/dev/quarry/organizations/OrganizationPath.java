package dev.quarry.organizations;

import dev.quarry.parameters.Parameter;
import dev.quarry.parameters.Place;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The organisation that a path names. */
@RegisterForReflection
public record OrganizationPath(
        @Parameter(
                name = "org_id",
                in = Place.PATH,
                title = "Org Id",
                description = "Id of the caller's organisation",
                example = "acme")
        String organization) {}
