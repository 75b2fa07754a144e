package dev.quarry.probe;

import dev.quarry.parameters.Parameter;
import dev.quarry.parameters.Place;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;

@RegisterForReflection
record ProbeParameters(
        @Parameter(name = "name", in = Place.PATH, description = "A name")
        String name,

        @Parameter(name = "count", description = "A number", minimum = 1, defaultValue = "1")
        int count,

        @Parameter(name = "X-Mood", in = Place.HEADER, description = "A mood")
        Optional<String> mood,

        @Parameter(name = "text", description = "A text") Optional<String> text) {}
