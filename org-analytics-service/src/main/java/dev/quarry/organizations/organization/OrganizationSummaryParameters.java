package dev.quarry.organizations.organization;

import dev.quarry.organizations.OrganizationPath;
import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;

/** An organisation, and the workspace to narrow its summary to. */
@RegisterForReflection
record OrganizationSummaryParameters(
        OrganizationPath path,

        @Parameter(
                name = "workspace_id",
                description = "Only this workspace; all of the organisation's unless given",
                nullable = true,
                example = "research")
        Optional<String> workspace) {}
