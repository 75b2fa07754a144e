package dev.quarry.bench;

import java.util.Collection;
import java.util.List;

/** The report's picture in SVG: for each part, one figure as a bar per subject, with its spread and its goal. */
final class Picture {
    private static final int WIDTH = 960;
    private static final int LABEL = 330;
    private static final int BAR = 460;
    private static final int ROW = 20;
    private static final int HEADING = 46;
    private static final int MARGIN = 16;

    private final StringBuilder shapes = new StringBuilder();
    private int y = MARGIN;

    private Picture() {}

    static String of(Collection<Report.Result> results) {
        Picture picture = new Picture();
        results.forEach(picture::panel);
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" \
            font-family="sans-serif" font-size="13">
            <rect width="%1$d" height="%2$d" fill="#ffffff"/>
            %3$s</svg>
            """.formatted(WIDTH, picture.y + MARGIN, picture.shapes);
    }

    private void panel(Report.Result result) {
        List<Figure> figures = result.figures().stream()
                .filter(figure -> figure.name().equals(result.chart()))
                .toList();
        if (figures.isEmpty()) {
            return;
        }
        String unit = figures.getFirst().unit();
        y += HEADING;
        shapes.append("<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s: %s</text>%n"
                .formatted(
                        MARGIN,
                        y - MARGIN,
                        escaped(result.heading()),
                        escaped(result.chart() + (unit.isEmpty() ? "" : ", " + unit))));
        double longest = figures.stream()
                .mapToDouble(figure -> Math.max(
                        figure.most(), figure.goal() == null ? 0 : figure.goal().value()))
                .max()
                .orElseThrow();
        for (Figure figure : figures) {
            bar(figure, BAR / longest);
            y += ROW;
        }
    }

    private void bar(Figure figure, double scale) {
        boolean holds = figure.goal() == null || figure.goal().holds(figure.median());
        shapes.append("<text x=\"%s\" y=\"%s\" text-anchor=\"end\">%s</text>%n"
                .formatted(LABEL - 8, y + 14, escaped(figure.subject())));
        shapes.append("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>%n"
                .formatted(
                        LABEL,
                        y + 3,
                        Math.max(1, pixels(figure.median(), scale)),
                        ROW - 6,
                        holds ? "#3b78b5" : "#c0562f"));
        long end = LABEL + pixels(figure.most(), scale);
        // The spread.
        shapes.append("<path d=\"M%s %s H%s\" stroke=\"#222222\" stroke-opacity=\"0.6\"/>%n"
                .formatted(LABEL + pixels(figure.least(), scale), y + ROW / 2, end));
        if (figure.goal() != null) {
            long goal = LABEL + pixels(figure.goal().value(), scale);
            shapes.append("<rect x=\"%s\" y=\"%s\" width=\"2\" height=\"%s\" fill=\"#222222\"/>%n"
                    .formatted(goal - 1, y + 1, ROW - 2));
            end = Math.max(end, goal);
        }
        shapes.append("<text x=\"%s\" y=\"%s\">%s</text>%n".formatted(end + 8, y + 14, Report.text(figure.median())));
    }

    private static long pixels(double value, double scale) {
        return Math.round(value * scale);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
