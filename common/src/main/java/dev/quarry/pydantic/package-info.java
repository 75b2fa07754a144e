/** The parsing rules and error messages of Pydantic 2, which the published APIs have. */
package dev.quarry.pydantic;
