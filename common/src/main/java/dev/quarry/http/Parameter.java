package dev.quarry.http;

/** A declared parameter. Its value is available once {@link Parameters#check} has found all parameters valid. */
public final class Parameter<T> {
    private final Parameters parameters;
    private final T value;

    Parameter(Parameters parameters, T value) {
        this.parameters = parameters;
        this.value = value;
    }

    /**
     * The value sent, or the default.
     *
     * @throws IllegalStateException if the parameters have not been checked yet, or are invalid
     */
    public T value() {
        if (!parameters.isChecked()) {
            throw new IllegalStateException("Parameters are used before check()");
        }
        return value;
    }
}
