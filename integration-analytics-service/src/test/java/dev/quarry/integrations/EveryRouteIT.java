package dev.quarry.integrations;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class EveryRouteIT extends EveryRouteTest {}
