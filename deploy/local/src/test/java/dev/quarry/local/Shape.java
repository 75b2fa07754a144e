package dev.quarry.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.SortedMap;
import java.util.TreeMap;

/** The names and types of the members of a JSON object. */
final class Shape {
    private Shape() {}

    static SortedMap<String, Object> of(JsonNode object) {
        var members = new TreeMap<String, Object>();
        object.forEachEntry((name, member) -> members.put(name, member.isObject() ? of(member) : member.getNodeType()));
        return members;
    }
}
