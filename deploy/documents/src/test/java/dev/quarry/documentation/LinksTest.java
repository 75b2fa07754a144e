package dev.quarry.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Checks that the relative links of all pages lead to a file and to a heading of it. */
class LinksTest {
    private static final Pattern LINK = Pattern.compile("]\\(<?([^)\\s>]+)>?(?:\\s+\"[^\"]*\")?\\)");
    private static final Pattern ABSOLUTE = Pattern.compile("[a-z]+:.*");
    private static final Pattern HEADING = Pattern.compile("#{1,6}\\s+(.+?)\\s*#*");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^\\s*(```+|~~~+).*?^\\s*\\1");

    @Test
    void everyRelativeLinkResolves() {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : Repository.pages()) {
            Matcher link = LINK.matcher(text(page));
            while (link.find()) {
                if (!ABSOLUTE.matcher(link.group(1)).matches()) {
                    links++;
                    if (!resolves(page, link.group(1))) {
                        broken.add("%s: %s".formatted(Repository.ROOT.relativize(page), link.group(1)));
                    }
                }
            }
        }
        assertTrue(links > 50, "The pages have only " + links + " relative links");
        assertEquals(List.of(), broken);
    }

    private static boolean resolves(Path page, String link) {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        return target.startsWith(Repository.ROOT)
                && Files.exists(target)
                && (hash < 0 || anchors(target).contains(link.substring(hash + 1)));
    }

    /** The anchors that GitHub makes of a page's headings. */
    private static Set<String> anchors(Path page) {
        Set<String> anchors = new HashSet<>();
        text(page).lines().map(HEADING::matcher).filter(Matcher::matches).forEach(heading -> {
            String anchor = heading.group(1)
                    .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                    .replace(' ', '-');
            String unique = anchor;
            for (int copy = 1; !anchors.add(unique); copy++) {
                unique = anchor + "-" + copy;
            }
        });
        return anchors;
    }

    /** Without blocks of code, whose brackets are no links. */
    private static String text(Path page) {
        return CODE_BLOCK.matcher(Repository.read(page)).replaceAll("");
    }
}
