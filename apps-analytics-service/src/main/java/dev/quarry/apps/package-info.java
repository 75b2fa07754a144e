/** Mixpeek's analytics and logs of deployed apps. */
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Quarry app analytics",
                        version = "1.0.0",
                        description = "Errors, web vitals, events and logs of deployed apps."),
        tags = @Tag(name = "Apps", description = "Overview and logs of an app"))
package dev.quarry.apps;

import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
