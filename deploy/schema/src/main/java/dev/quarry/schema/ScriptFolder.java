package dev.quarry.schema;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds the migration files next to this class, in a directory or in a jar. */
final class ScriptFolder {
    private ScriptFolder() {}

    static List<Script> read(String folder) {
        URL location = ScriptFolder.class.getResource(folder);
        if (location == null) {
            throw new MigrationException("The program has no migrations at " + folder + ".");
        }
        try {
            if (location.openConnection() instanceof JarURLConnection connection) {
                Path jar = Path.of(connection.getJarFileURL().toURI());
                // By path, not by URI: the file system of a URI is shared, and closing it would close it for others.
                try (FileSystem files = FileSystems.newFileSystem(jar)) {
                    return scripts(files.getPath(folder));
                }
            }
            return scripts(Path.of(new URI(location.toString())));
        } catch (IOException | URISyntaxException unreadable) {
            throw new MigrationException("The program's migrations at " + folder + " cannot be read.", unreadable);
        }
    }

    private static List<Script> scripts(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> listing = Files.list(folder)) {
            files = listing.sorted().toList();
        }
        List<Script> scripts = new ArrayList<>();
        for (Path file : files) {
            scripts.add(Script.of(file.getFileName().toString(), Files.readString(file)));
        }
        return scripts;
    }
}
