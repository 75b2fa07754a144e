package dev.quarry.organizations.resources;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class ResourceCountsIT extends ResourceCountsTest {}
