/** Request parameters: declared once, as the components of a record, and read and documented from there. */
package dev.quarry.parameters;
