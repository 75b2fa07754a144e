/**
 * MCPeek's product metrics: the users of an app inside an AI chat, and how they use it. The annotation describes the
 * service in the OpenAPI document; it is here because the scanner looks for it on packages.
 */
@OpenAPIDefinition(
        info = @Info(title = "Quarry product metrics", version = "1.0.0"),
        tags =
                @Tag(
                        name = "Metrics",
                        description = "Users, sessions, tool calls and features of an organization's apps"))
package dev.quarry.metrics;

import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
