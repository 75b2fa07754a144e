/** The gateway of the local stack. In production, nginx or an ingress replaces it. */
package dev.quarry.local.gateway;
