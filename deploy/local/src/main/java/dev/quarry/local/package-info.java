/** The stack on one machine: stores, migrations, samples, keys, the four services and their gateway. */
package dev.quarry.local;
