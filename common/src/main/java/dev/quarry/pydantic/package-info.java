/** The parsing rules and error messages of Pydantic 2, which the published APIs use. */
package dev.quarry.pydantic;
