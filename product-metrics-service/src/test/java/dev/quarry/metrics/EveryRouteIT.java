package dev.quarry.metrics;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class EveryRouteIT extends EveryRouteTest {}
