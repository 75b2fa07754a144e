package dev.quarry.auth;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Finds out which client sent a request: the sender, or, if that is a trusted proxy, the last address in
 * {@code X-Forwarded-For} that is not. An address that no trusted proxy added may be invented, so it does not count.
 */
@ApplicationScoped
class ClientAddress {
    private static final String FORWARDED_FOR = "X-Forwarded-For";
    /** An IPv6 client usually has a whole network of this length. */
    private static final int IPV6_NETWORK_BYTES = 8;

    private static final int ANY_PORT = 0;

    private final List<IpSubnetFilterRule> trusted;

    /** @throws IllegalArgumentException if a trusted proxy is not an address or a network in CIDR notation */
    ClientAddress(AuthConfiguration configuration) {
        this.trusted = configuration.trustedProxies().orElse(Set.of()).stream()
                .map(ClientAddress::network)
                .toList();
    }

    /** The address as text; of an IPv6 address only its network. */
    String of(HttpServerRequest request) {
        String sender = request.remoteAddress().hostAddress();
        InetAddress client = address(sender);
        if (client == null) {
            return String.valueOf(sender);
        }
        if (isTrusted(client)) {
            List<String> forwarded = request.headers().getAll(FORWARDED_FOR).stream()
                    .flatMap(line -> List.of(line.split(",", -1)).stream())
                    .toList();
            for (String hop : forwarded.reversed()) {
                InetAddress before = address(hop.strip());
                if (before == null) {
                    break;
                }
                client = before;
                if (!isTrusted(client)) {
                    break;
                }
            }
        }
        return text(client);
    }

    private boolean isTrusted(InetAddress address) {
        var socket = new InetSocketAddress(address, ANY_PORT);
        return trusted.stream().anyMatch(network -> network.matches(socket));
    }

    /** Null for text that is not an address. It never asks a name server. */
    private static InetAddress address(String text) {
        return text == null ? null : NetUtil.createInetAddressFromIpAddressString(text);
    }

    private static String text(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length > IPV6_NETWORK_BYTES) {
            Arrays.fill(bytes, IPV6_NETWORK_BYTES, bytes.length, (byte) 0);
        }
        return NetUtil.bytesToIpAddress(bytes);
    }

    private static IpSubnetFilterRule network(String text) {
        int slash = text.indexOf('/');
        InetAddress address = address(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException("quarry.auth.trusted-proxies has " + text + ", which is no address");
        }
        int bits = address.getAddress().length * Byte.SIZE;
        return new IpSubnetFilterRule(
                address, slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1)), IpFilterRuleType.ACCEPT);
    }
}
