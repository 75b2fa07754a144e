package dev.quarry.metrics;

import dev.quarry.testing.StopTests;

class StopsIT extends StopTests {}
