package dev.quarry.error;

import java.util.List;
import java.util.Map;

/** placeholder until merge of wt-time. */
public record Violation(List<Object> loc, String msg, String type, Object input, Map<String, Object> ctx) {}
