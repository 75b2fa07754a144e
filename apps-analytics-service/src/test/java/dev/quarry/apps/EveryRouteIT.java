package dev.quarry.apps;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class EveryRouteIT extends EveryRouteTest {}
