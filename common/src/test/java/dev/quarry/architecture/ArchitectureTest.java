package dev.quarry.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.quarry.testing.ArchitectureTests;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The layers of {@code common}, and the two modules that know nothing of it. */
final class ArchitectureTest extends ArchitectureTests {
    private static final String ROOT = "dev.quarry.";

    /** From the ground up: a package uses its own layer and those before it. */
    private static final List<Set<String>> LAYERS = List.of(
            Set.of("time", "error", "caller", "numbers", "fairness", "health", "arrow"),
            Set.of("clickhouse", "postgres"),
            // And every package that is not named here.
            Set.of("request", "parameters"),
            Set.of("auth", "rollup", "retention"),
            Set.of("cache"),
            Set.of("documents", "start"));

    private static final int STORES = 1;
    private static final int HTTP = 2;

    private static final List<String> OF_HTTP =
            List.of("jakarta.ws.rs", "io.vertx.ext.web", "io.vertx.core.http", "io.quarkus.vertx.http");

    @Override
    protected Map<String, String> readersOfTheMachine() {
        return Map.of(
                "dev.quarry.time.Clocks", "It provides the clock that others are given.",
                "dev.quarry.rollup.Auditor", "It compares random days with bronze.",
                "dev.quarry.request.RequestContext", "It makes ids of requests.");
    }

    @Test
    void noPackageUsesAHigherLayer() {
        assertEquals(Set.of(), uses((origin, target) -> isOfQuarry(target) && layer(target) > layer(origin)));
    }

    @Test
    void timeErrorsAndStoresKnowNothingOfHttp() {
        assertEquals(
                Set.of(),
                uses((origin, target) -> layer(origin) <= STORES
                        && OF_HTTP.stream().anyMatch(root -> (target.getPackageName() + ".").startsWith(root + "."))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"engine", "schema"})
    void theModulesBelowCommonKnowNoOther(String module) {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(ROOT + module);

        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("dev.quarry..").and(resideOutsideOfPackage(ROOT + module + "..")))
                .check(classes);
    }

    /** Uses of one class by another, as {@code origin uses target}, without {@code dev.quarry}. */
    private Set<String> uses(BiPredicate<JavaClass, JavaClass> wanted) {
        Set<String> uses = new TreeSet<>();
        for (JavaClass origin : classes()) {
            origin.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> wanted.test(origin, target))
                    .forEach(target -> uses.add(name(origin) + " uses " + name(target)));
        }
        return uses;
    }

    private static int layer(JavaClass type) {
        String part = type.getPackageName().substring(ROOT.length()).split("\\.", -1)[0];
        return IntStream.range(0, LAYERS.size())
                .filter(layer -> LAYERS.get(layer).contains(part))
                .findFirst()
                .orElse(HTTP);
    }

    private static boolean isOfQuarry(JavaClass type) {
        return type.getPackageName().startsWith(ROOT);
    }

    /** Nested classes count as the class that has them. */
    private static String name(JavaClass type) {
        String name = type.getName().replaceFirst("\\$.*", "");
        return name.startsWith(ROOT) ? name.substring(ROOT.length()) : name;
    }
}
