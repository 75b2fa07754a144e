package dev.quarry.arrow;

/** A column of a schema. */
public record ArrowField(String name, ArrowType type) {}
