package dev.quarry.integrations;

import dev.quarry.testing.StopTests;

class StopsIT extends StopTests {}
