package dev.quarry.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Rules for the classes of a module that are part of a service. The module extends this class once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ArchitectureTests {
    /** Types with mutable objects, or with access to other threads. */
    private static final Set<String> MUTABLE = Set.of(
            "java.lang.StringBuilder",
            "java.lang.ThreadLocal",
            "java.util.ArrayDeque",
            "java.util.ArrayList",
            "java.util.HashMap",
            "java.util.HashSet",
            "java.util.LinkedHashMap",
            "java.util.LinkedHashSet",
            "java.util.TreeMap",
            "java.util.TreeSet",
            "java.util.concurrent.ConcurrentMap",
            "java.util.concurrent.Executor",
            "java.util.concurrent.BlockingQueue",
            "java.util.concurrent.locks.Lock",
            "java.util.concurrent.Semaphore",
            "java.util.concurrent.atomic.LongAdder",
            "java.util.concurrent.atomic.AtomicBoolean",
            "java.util.concurrent.atomic.AtomicInteger",
            "java.util.concurrent.atomic.AtomicLong",
            "java.util.concurrent.atomic.AtomicReference",
            "com.github.benmanes.caffeine.cache.Cache");

    /** Methods that read the machine's clock or random numbers. A {@link Clock} is injected instead. */
    private static final Map<String, Set<String>> UNCONTROLLED = Map.of(
            "java.lang.System", Set.of("currentTimeMillis"),
            "java.lang.Math", Set.of("random"),
            "java.time.Clock",
                    Set.of("system", "systemUTC", "systemDefaultZone", "tickMillis", "tickSeconds", "tickMinutes"),
            "java.util.concurrent.ThreadLocalRandom", Set.of("current"));

    private final JavaClasses classes = new ClassFileImporter().importPath(Path.of("target", "classes"));

    /**
     * Classes that read the machine's clock or random numbers themselves, with the reason. A new class belongs here
     * only if no {@link Clock} can be injected into it.
     */
    protected abstract Map<String, String> readersOfTheMachine();

    protected final JavaClasses classes() {
        return classes;
    }

    @Test
    void theModuleHasClasses() {
        assertFalse(classes.isEmpty());
    }

    @Test
    void usesOnlyCommonAndItself() {
        Set<String> foreign = new TreeSet<>();
        for (JavaClass origin : classes) {
            origin.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> target.getPackageName().startsWith("dev.quarry."))
                    .filter(target -> !classes.contain(target.getName()) && !isOfCommon(target))
                    .forEach(target -> foreign.add(origin.getName() + " uses " + target.getName()));
        }
        assertEquals(Set.of(), foreign);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.quarry.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void staticFieldsAreFinal() {
        fields().that().areStatic().should().beFinal().check(classes);
    }

    @Test
    void staticFieldsHoldNothingThatChanges() {
        noFields()
                .that()
                .areStatic()
                .should()
                .haveRawType(DescribedPredicate.describe("a type whose objects change", ArchitectureTests::isMutable))
                .check(classes);
    }

    @Test
    void valuesAreInjectedIntoConstructors() {
        noFields()
                .should()
                .beAnnotatedWith(Inject.class)
                .orShould()
                .beAnnotatedWith(ConfigProperty.class)
                .check(classes);
    }

    @Test
    void onlyTheListedClassesReadTheClockOrTheDiceOfTheMachine() {
        Set<String> readers = classes.stream()
                .filter(origin -> origin.getAccessesFromSelf().stream()
                        .anyMatch(access -> isUncontrolled(access.getTargetOwner(), access.getTarget())))
                .map(JavaClass::getName)
                .collect(Collectors.toCollection(TreeSet::new));

        assertEquals(new TreeSet<>(readersOfTheMachine().keySet()), readers);
    }

    @Test
    void nothingUsesMutableDatesOrPseudoRandomNumbers() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(java.util.Date.class, java.util.Calendar.class, Random.class)
                .check(classes);
    }

    private static boolean isMutable(JavaClass type) {
        return MUTABLE.stream().anyMatch(type::isAssignableTo);
    }

    private static boolean isUncontrolled(JavaClass owner, AccessTarget target) {
        boolean isNow = owner.getPackageName().equals("java.time")
                && target.getName().equals("now")
                && !(target instanceof AccessTarget.CodeUnitCallTarget call
                        && call.getRawParameterTypes().stream().anyMatch(type -> type.isEquivalentTo(Clock.class)));
        return isNow || UNCONTROLLED.getOrDefault(owner.getName(), Set.of()).contains(target.getName());
    }

    private static boolean isOfCommon(JavaClass type) {
        String source = type.getSource().orElseThrow().getUri().toString();
        return source.contains("/common/target/") || source.contains("/quarry-common/");
    }
}
