package dev.quarry.organizations;

import dev.quarry.testing.StopTests;

class StopsIT extends StopTests {}
