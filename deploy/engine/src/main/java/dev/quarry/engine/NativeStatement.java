package dev.quarry.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A statement, its format and its parameters in native memory, in the form that libchdb's functions take. */
record NativeStatement(
        MemorySegment sql,
        long sqlLength,
        MemorySegment format,
        long formatLength,
        MemorySegment names,
        MemorySegment nameLengths,
        MemorySegment values,
        MemorySegment valueLengths,
        long count) {

    static NativeStatement of(Arena arena, MemorySegment sql, String format, Map<String, String> parameters) {
        int count = parameters.size();
        MemorySegment names = arena.allocate(ADDRESS, Math.max(1, count));
        MemorySegment nameLengths = arena.allocate(JAVA_LONG, Math.max(1, count));
        MemorySegment values = arena.allocate(ADDRESS, Math.max(1, count));
        MemorySegment valueLengths = arena.allocate(JAVA_LONG, Math.max(1, count));
        int index = 0;
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            byte[] name = parameter.getKey().getBytes(StandardCharsets.UTF_8);
            byte[] value = parameter.getValue().getBytes(StandardCharsets.UTF_8);
            names.setAtIndex(ADDRESS, index, bytes(arena, name));
            nameLengths.setAtIndex(JAVA_LONG, index, name.length);
            values.setAtIndex(ADDRESS, index, bytes(arena, value));
            valueLengths.setAtIndex(JAVA_LONG, index, value.length);
            index++;
        }
        byte[] formatName = format.getBytes(StandardCharsets.UTF_8);
        return new NativeStatement(
                arena.allocate(sql.byteSize() + 1).copyFrom(sql),
                sql.byteSize(),
                bytes(arena, formatName),
                formatName.length,
                names,
                nameLengths,
                values,
                valueLengths,
                count);
    }

    /** Never returns NULL: the library dereferences the pointer even if the length is zero. */
    private static MemorySegment bytes(Arena arena, byte[] bytes) {
        return bytes.length == 0 ? arena.allocate(1) : arena.allocateFrom(JAVA_BYTE, bytes);
    }
}
