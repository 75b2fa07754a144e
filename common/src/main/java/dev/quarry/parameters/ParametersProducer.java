package dev.quarry.parameters;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import java.lang.reflect.ParameterizedType;
import java.time.Clock;

@Singleton
class ParametersProducer {
    /** The type of the injection point names the record. */
    @Produces
    @Dependent
    @SuppressWarnings("unchecked")
    <T> Parameters<T> parameters(InjectionPoint point, UriInfo uri, HttpHeaders headers, Clock clock) {
        ParameterizedType type = (ParameterizedType) point.getType();
        Class<T> bean = (Class<T>) type.getActualTypeArguments()[0];
        return new Parameters<>(BeanDefinition.of(bean), uri, headers, clock);
    }
}
