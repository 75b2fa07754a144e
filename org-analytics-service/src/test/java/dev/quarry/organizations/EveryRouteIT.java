package dev.quarry.organizations;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class EveryRouteIT extends EveryRouteTest {}
