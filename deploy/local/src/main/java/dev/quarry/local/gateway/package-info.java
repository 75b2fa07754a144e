/** The local stack's single address; in production an ingress does its work. */
package dev.quarry.local.gateway;
