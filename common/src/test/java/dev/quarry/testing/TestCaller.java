package dev.quarry.testing;

import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.util.Map;

/**
 * An organisation made for one test, and the credentials of somebody in it.
 *
 * @param organization the tenant's id
 * @param key good as API key and as bearer token
 * @param sessionToken a dashboard session of a member
 */
public record TestCaller(String organization, String key, String sessionToken) {

    /** A request with the key as {@code x-api-key}. */
    public RequestSpecification withApiKey() {
        return RestAssured.given().header("x-api-key", key);
    }

    /** A request with the key as {@code Authorization: Bearer}. */
    public RequestSpecification withBearer() {
        return RestAssured.given().header("Authorization", "Bearer " + key);
    }

    /** A request from the dashboard. */
    public RequestSpecification withSession() {
        return RestAssured.given().headers(Map.of("x-session-token", sessionToken, "x-organization-id", organization));
    }
}
