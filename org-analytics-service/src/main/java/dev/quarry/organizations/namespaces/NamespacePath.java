package dev.quarry.organizations.namespaces;

import dev.quarry.organizations.WorkspacePath;
import dev.quarry.parameters.Parameter;
import dev.quarry.parameters.Place;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The namespace that a path names. */
@RegisterForReflection
record NamespacePath(
        WorkspacePath workspace,

        @Parameter(
                name = "namespace_id",
                in = Place.PATH,
                title = "Namespace Id",
                description = "Id of a namespace of the workspace",
                example = "papers")
        String namespace) {}
