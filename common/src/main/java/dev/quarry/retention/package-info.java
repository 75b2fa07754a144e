/** What an answer says of days whose rows are not kept any more. */
package dev.quarry.retention;
