/** Health of the stores that a service needs. */
package dev.quarry.health;
