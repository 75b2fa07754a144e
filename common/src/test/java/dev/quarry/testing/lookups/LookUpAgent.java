package dev.quarry.testing.lookups;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;

/**
 * A Java agent that makes a packaged jar look up names as an executable does. A class, service or resource that is not
 * registered for the executable is not found, although the jar has it. So an integration test (*IT) fails on the jar
 * wherever it would fail on the executable, on a machine without GraalVM.
 *
 * <p>The agent changes the calls in the bytecode of libraries and services, not the JDK: {@code Class.forName},
 * {@code ClassLoader.loadClass}, {@code Lookup.findClass}, {@code ServiceLoader.load} and {@code getResource} in its
 * forms. It does not change a call with a constant name, because native-image finds it by itself.
 *
 * <p>Its argument is the folder with the native sources that Quarkus's build has made, a semicolon, and the path of the
 * report.
 */
public final class LookUpAgent implements ClassFileTransformer {
    private static final ClassDesc LOOK_UPS = LookUps.class.describeConstable().orElseThrow();
    /** How many instructions before a call its constant name may be. */
    private static final int ARGUMENTS = 4;

    private static final String STRING = "Ljava/lang/String;";
    private static final String CLASS_OF_STRING = "(" + STRING + ")Ljava/lang/Class;";

    /** Calls with the name as the last argument; it is checked before the call. */
    private static final Set<String> NAME_LAST = Set.of(
            "java/lang/Class.forName" + CLASS_OF_STRING,
            "java/lang/invoke/MethodHandles$Lookup.findClass" + CLASS_OF_STRING);

    /** Calls replaced by a method of {@link LookUps}, which takes the receiver as its first argument. */
    private static final Set<String> REPLACED = Set.of(
            "java/lang/Class.forName(Ljava/lang/String;ZLjava/lang/ClassLoader;)Ljava/lang/Class;",
            "java/lang/Class.getResource(Ljava/lang/String;)Ljava/net/URL;",
            "java/lang/Class.getResourceAsStream(Ljava/lang/String;)Ljava/io/InputStream;",
            "java/lang/ClassLoader.getResource(Ljava/lang/String;)Ljava/net/URL;",
            "java/lang/ClassLoader.getResourceAsStream(Ljava/lang/String;)Ljava/io/InputStream;",
            "java/lang/ClassLoader.getResources(Ljava/lang/String;)Ljava/util/Enumeration;",
            "java/util/ServiceLoader.load(Ljava/lang/Class;)Ljava/util/ServiceLoader;",
            "java/util/ServiceLoader.load(Ljava/lang/Class;Ljava/lang/ClassLoader;)Ljava/util/ServiceLoader;");

    /** This package and Quarkus's own code are exempt: Quarkus looks up other names in a jar than in an executable. */
    private static final Set<String> LEFT_ALONE = Set.of("dev/quarry/testing/", "io/quarkus/");

    private static final Map<String, ClassDesc> RECEIVERS = Map.of(
            "java/lang/Class", ClassDesc.of("java.lang.Class"),
            "java/lang/ClassLoader", ClassDesc.of("java.lang.ClassLoader"));

    private LookUpAgent() {}

    /** Called by the JVM, before the service's main method. */
    public static void premain(String argument, Instrumentation instrumentation) throws IOException {
        String[] parts = argument.split(";", 2);
        LookUps.start(Registered.of(Path.of(parts[0])), Path.of(parts[1]));
        instrumentation.addTransformer(new LookUpAgent());
    }

    @Override
    public byte[] transform(
            Module module, ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] bytes) {
        if (loader == null
                || loader == ClassLoader.getPlatformClassLoader()
                || name == null
                || LEFT_ALONE.stream().anyMatch(name::startsWith)) {
            return null;
        }
        try {
            ClassFile files = ClassFile.of(
                    ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(loader)));
            ClassModel model = files.parse(bytes);
            if (isLoader(model) || !looksUp(model)) {
                return null;
            }
            return files.transformClass(
                    model, ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(Calls::new)));
        } catch (RuntimeException | Error broken) {
            // The JVM would swallow the exception, and the check would silently miss a class.
            System.err.println("The agent of look-ups cannot change " + name + ": " + broken);
            return null;
        }
    }

    /** Whether the class is a class loader. The JVM itself also calls class loaders, not for look-ups by name. */
    private static boolean isLoader(ClassModel model) {
        return model.superclass()
                .map(parent -> parent.asInternalName().endsWith("ClassLoader"))
                .orElse(false);
    }

    private static boolean looksUp(ClassModel model) {
        for (var entry : model.constantPool()) {
            if (entry instanceof MethodRefEntry method
                    && isLookUp(
                            method.owner().asInternalName(),
                            method.name().stringValue(),
                            method.type().stringValue())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLookUp(String owner, String name, String type) {
        String call = owner + "." + name + type;
        return NAME_LAST.contains(call) || REPLACED.contains(call) || isLoadClass(name, type);
    }

    private static boolean isLoadClass(String name, String type) {
        return name.equals("loadClass") && type.equals(CLASS_OF_STRING);
    }

    /** Changes the calls of one method. */
    private static final class Calls implements CodeTransform {
        private final Deque<Instruction> before = new ArrayDeque<>();

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            if (element instanceof InvokeInstruction call && call.opcode() != Opcode.INVOKESPECIAL) {
                change(code, call);
            } else {
                code.with(element);
            }
            if (element instanceof Instruction instruction) {
                before.addLast(instruction);
                if (before.size() > ARGUMENTS) {
                    before.removeFirst();
                }
            }
        }

        private void change(CodeBuilder code, InvokeInstruction call) {
            String owner = call.owner().asInternalName();
            String name = call.name().stringValue();
            String type = call.type().stringValue();
            if (!isLookUp(owner, name, type) || isFoundByNativeImage(owner, name)) {
                code.with(call);
            } else if (REPLACED.contains(owner + "." + name + type)) {
                MethodTypeDesc descriptor = MethodTypeDesc.ofDescriptor(type);
                code.invokestatic(
                        LOOK_UPS,
                        name,
                        call.opcode() == Opcode.INVOKESTATIC
                                ? descriptor
                                : descriptor.insertParameterTypes(0, RECEIVERS.get(owner)));
            } else {
                code.dup();
                code.invokestatic(LOOK_UPS, "requireClass", MethodTypeDesc.ofDescriptor("(" + STRING + ")V"));
                code.with(call);
            }
        }

        /**
         * Whether native-image finds the name itself: it is a constant, in a call of a kind that native-image analyses.
         */
        private boolean isFoundByNativeImage(String owner, String name) {
            boolean constant = before.stream().anyMatch(Calls::isString);
            return constant
                    && switch (name) {
                        case "forName", "findClass" -> true;
                        case "getResource", "getResourceAsStream" ->
                            owner.equals("java/lang/Class") && before.stream().anyMatch(Calls::isClass);
                        default -> false;
                    };
        }

        private static boolean isString(Instruction instruction) {
            return instruction instanceof ConstantInstruction constant && constant.constantValue() instanceof String;
        }

        private static boolean isClass(Instruction instruction) {
            return instruction instanceof ConstantInstruction constant && constant.constantValue() instanceof ClassDesc;
        }
    }
}
