package dev.quarry.organizations.executions;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class LastDaysIT extends LastDaysTest {}
