package dev.quarry.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineLibraryTest {
    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, true, linux-x64-gnu",
        "Linux, aarch64, true, linux-arm64-gnu",
        "Mac OS X, x86_64, false, darwin-x64",
        "Mac OS X, aarch64, false, darwin-arm64"
    })
    void everyPlatformHasItsPackage(String system, String architecture, boolean glibc, String platform) {
        assertEquals(platform, EngineLibrary.platform(system, architecture, glibc));
    }

    @ParameterizedTest
    @CsvSource({"Linux, amd64, false", "Linux, riscv64, true", "Windows 11, amd64, false", "FreeBSD, amd64, false"})
    void otherPlatformsNeedAServer(String system, String architecture, boolean glibc) {
        assertThrows(IllegalStateException.class, () -> EngineLibrary.platform(system, architecture, glibc));
    }
}
