package dev.quarry.apps.logs;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class TailIT extends TailTest {}
