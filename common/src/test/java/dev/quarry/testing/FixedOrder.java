package dev.quarry.testing;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.type.CollectionType;
import com.fasterxml.jackson.databind.type.MapType;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;

/**
 * In tests, refuses to serialize a map or set whose class has no fixed order, such as {@code HashMap} and
 * {@code Map.of} with several entries: each process would write the entries in another order.
 */
@Singleton
final class FixedOrder implements ObjectMapperCustomizer {
    private static final Class<?> OF_ONE_ENTRY = Map.of(1, 1).getClass();

    @Override
    public void customize(ObjectMapper mapper) {
        mapper.registerModule(new SimpleModule(FixedOrder.class.getName()).setSerializerModifier(new Refusal()));
    }

    /** Never serialized. */
    @SuppressWarnings("serial")
    private static final class Refusal extends BeanSerializerModifier {
        @Override
        public JsonSerializer<?> modifyMapSerializer(
                SerializationConfig configuration,
                MapType type,
                BeanDescription description,
                JsonSerializer<?> serializer) {
            Class<?> map = type.getRawClass();
            require(
                    SequencedMap.class.isAssignableFrom(map)
                            || EnumMap.class.isAssignableFrom(map)
                            || OF_ONE_ENTRY == map
                            || map.isInterface(),
                    map);
            return serializer;
        }

        @Override
        public JsonSerializer<?> modifyCollectionSerializer(
                SerializationConfig configuration,
                CollectionType type,
                BeanDescription description,
                JsonSerializer<?> serializer) {
            Class<?> collection = type.getRawClass();
            require(
                    !Set.class.isAssignableFrom(collection)
                            || SequencedSet.class.isAssignableFrom(collection)
                            || EnumSet.class.isAssignableFrom(collection)
                            || collection.isInterface(),
                    collection);
            return serializer;
        }

        private static void require(boolean ordered, Class<?> type) {
            if (!ordered) {
                throw new IllegalStateException(
                        type.getName() + " reaches JSON and has no order of its own: take a LinkedHashMap or a record");
            }
        }
    }
}
