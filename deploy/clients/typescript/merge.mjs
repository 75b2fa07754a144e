// Merges the committed OpenAPI documents of the four services into one.
import { readFileSync } from "node:fs";
import { parse } from "yaml";

const SERVICES = {
  Apps: "apps-analytics-service",
  Metrics: "product-metrics-service",
  Integrations: "integration-analytics-service",
  Orgs: "org-analytics-service",
};

/** @param {string} root the repository's folder */
export function mergedDocument(root) {
  const merged = {
    openapi: "3.1.0",
    info: {
      title: "Quarry",
      version: "1.0.0",
      description: "The four analytics APIs of Quarry in one document.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [],
    paths: {},
    components: { schemas: {}, securitySchemes: {} },
  };
  for (const [family, service] of Object.entries(SERVICES)) {
    add(merged, family, parse(readFileSync(`${root}/${service}/openapi.yaml`, "utf8")));
  }
  return merged;
}

/** Puts the family before the names of its schemas, security schemes and tags, because families share names. */
function add(merged, family, document) {
  const renamed = (name) => family + name.replace(/^src__.*__/, "");
  const text = JSON.stringify(document, (key, value) => {
    if (key === "$ref") {
      return value.replace(/^#\/components\/schemas\/(.*)$/, (_, name) => `#/components/schemas/${renamed(name)}`);
    }
    if (key === "security") {
      return value.map((scheme) => Object.fromEntries(Object.entries(scheme).map(([name, scopes]) => [renamed(name), scopes])));
    }
    return value;
  });
  const { paths, components, security, tags } = JSON.parse(text);
  for (const kind of ["schemas", "securitySchemes"]) {
    for (const [name, component] of Object.entries(components[kind])) {
      addOnce(merged.components[kind], renamed(name), component);
    }
  }
  for (const [path, operations] of Object.entries(paths)) {
    for (const operation of Object.values(operations)) {
      operation.security ??= security;
      operation.tags = tags.map((tag) => tag.name);
    }
    addOnce(merged.paths, path, operations);
  }
  merged.tags.push(...tags);
}

function addOnce(target, name, value) {
  if (name in target) {
    throw new Error(`Two documents define ${name}`);
  }
  target[name] = value;
}
