package dev.quarry.clickhouse;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ClientConfigProperties;
import com.clickhouse.client.api.internal.HttpAPIClientHelper;
import com.clickhouse.client.api.internal.WorkloadIdentitySupport;
import com.clickhouse.client.api.observability.DefaultSpanRecorder;
import com.clickhouse.client.api.observability.Span;
import com.clickhouse.client.api.transport.internal.TransportRequest;
import com.clickhouse.client.api.transport.internal.TransportResponse;
import java.lang.reflect.Field;
import java.util.Map;
import net.jpountz.lz4.LZ4Factory;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * The client's HTTP transport, changed to send every request once. Without the change, the HTTP library repeats a
 * request after a 429 or 503, one second later and without {@link FaultTolerance} noticing. It would repeat an INSERT
 * without its rows, because the stream has been read. The library repeats only requests with repeatable bodies, so this
 * class makes every body unrepeatable. ClickHouse's client has no setting for this.
 */
final class SingleAttemptTransport extends HttpAPIClientHelper {
    /** Native executables need its registration in {@code reachability-metadata.json}. */
    private static final String FIELD = "httpClientHelper";

    private SingleAttemptTransport(Map<String, Object> configuration, boolean isSecure) {
        super(
                configuration,
                null,
                isSecure,
                LZ4Factory.fastestInstance(),
                DefaultSpanRecorder.NOOP,
                new WorkloadIdentitySupport(configuration));
    }

    /**
     * Replaces the client's transport.
     *
     * @param isSecure whether the engine's URL is https
     * @return the same client
     */
    static Client installIn(Client client, boolean isSecure) {
        Map<String, Object> configuration = ClientConfigProperties.parseConfigMap(client.getConfiguration());
        try {
            Field field = Client.class.getDeclaredField(FIELD);
            field.setAccessible(true);
            HttpAPIClientHelper replaced = (HttpAPIClientHelper) field.get(client);
            field.set(client, new SingleAttemptTransport(configuration, isSecure));
            replaced.close();
            return client;
        } catch (ReflectiveOperationException changed) {
            throw new IllegalStateException("This version of ClickHouse's client has another transport", changed);
        }
    }

    @Override
    public TransportResponse executeRequest(TransportRequest request, Span parent) throws Exception {
        HttpPost post = request.getDelegate();
        AbortableRequest.begin(post);
        post.setEntity(new HttpEntityWrapper(post.getEntity()) {
            @Override
            public boolean isRepeatable() {
                return false;
            }
        });
        return super.executeRequest(request, parent);
    }
}
