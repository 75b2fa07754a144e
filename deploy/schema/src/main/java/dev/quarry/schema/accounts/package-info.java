/**
 * The commands that create, list, revoke and delete organisations, keys, apps, workspaces, members and dashboard sessions.
 * Each change and its row in {@code account_changes} are one transaction.
 */
package dev.quarry.schema.accounts;
