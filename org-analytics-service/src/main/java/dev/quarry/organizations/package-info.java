/** MechaMental's organisation analytics: an endpoint a folder. What the endpoints share of the OpenAPI document is said here. */
@OpenAPIDefinition(
        info = @Info(title = "Quarry organisation analytics", version = "1.0.0"),
        tags = @Tag(name = "Analytics", description = "Resources and executions of an organisation and its workspaces"))
package dev.quarry.organizations;

import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
