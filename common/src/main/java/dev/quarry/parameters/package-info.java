/** Request parameters. Each is declared once, as a component of a record, and read and documented from there. */
package dev.quarry.parameters;
