package dev.quarry.apps;

import dev.quarry.testing.StopTests;

class StopsIT extends StopTests {}
