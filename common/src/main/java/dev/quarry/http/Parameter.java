package dev.quarry.http;

/** A declared parameter, whose value is there once {@link Parameters#check} has found all of them well. */
public final class Parameter<T> {
    private final Parameters parameters;
    private final T value;

    Parameter(Parameters parameters, T value) {
        this.parameters = parameters;
        this.value = value;
    }

    /**
     * The value sent, or what stands in for it.
     *
     * @throws IllegalStateException if the parameters have not been checked yet, or not successfully
     */
    public T value() {
        if (!parameters.isChecked()) {
            throw new IllegalStateException("Parameters are used before check()");
        }
        return value;
    }
}
