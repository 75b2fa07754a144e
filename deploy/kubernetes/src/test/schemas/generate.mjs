// Writes ../resources/schemas/kubernetes.json: JSON Schemas of the kinds that the manifests use, and of nothing else.
//
//   npm install --prefix target/models --ignore-scripts --force $(node src/test/schemas/generate.mjs packages)
//   node src/test/schemas/generate.mjs target/models
//
// The packages carry what Kubernetes, Gateway API, the Prometheus operator and External Secrets publish as OpenAPI: as
// TypeScript declarations, from which come fields, types, values and what is required, and as compiled checks, from which
// come whole numbers, ranges and patterns. A field that is not declared is refused. Descriptions and status are left out.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGES = {
  "kubernetes-models": "5.1.0",
  "@kubernetes-models/apimachinery": "3.0.2",
  "@kubernetes-models/gateway-api": "2.0.0",
  "@kubernetes-models/prometheus-operator": "6.0.0",
  "@kubernetes-models/external-secrets": "2.0.0",
};
const KINDS = [
  "kubernetes-models/apps/v1/Deployment",
  "kubernetes-models/apps/v1/StatefulSet",
  "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler",
  "kubernetes-models/batch/v1/CronJob",
  "kubernetes-models/batch/v1/Job",
  "kubernetes-models/networking.k8s.io/v1/NetworkPolicy",
  "kubernetes-models/policy/v1/PodDisruptionBudget",
  "kubernetes-models/v1/ConfigMap",
  "kubernetes-models/v1/Namespace",
  "kubernetes-models/v1/PersistentVolumeClaim",
  "kubernetes-models/v1/Service",
  "kubernetes-models/v1/ServiceAccount",
  "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway",
  "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute",
  "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule",
  "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor",
  "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret",
];
const LIMITS = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"];

if (process.argv[2] === "packages") {
  console.log(Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`).join(" "));
  process.exit();
}
const modules = join(process.argv[2], "node_modules");
const definitions = {};
const declarations = new Map();

/** The declaration in a file: its schema's name, the types that it names, where those are, and its tokens. */
function declaration(path) {
  if (!declarations.has(path)) {
    const text = readFileSync(join(modules, `${path}.d.ts`), "utf8").replaceAll(/\/\*[\s\S]*?\*\//g, "");
    const imports = new Map(
      [...text.matchAll(/import \{ (\w+) \} from "([^"]+)"/g)].map(([, type, file]) => [type, resolve(path, file)]),
    );
    const [, type] = text.match(/export (?:interface|type) (I\w+)/);
    const [, name] = text.match(new RegExp(`\\b${type} as I(\\w+)`));
    const body = text.slice(text.search(/export (?:interface|type) I/)).split(/export declare class/)[0];
    declarations.set(path, { path, name, imports, tokens: body.match(/"[^"]*"|\w+|[^\s\w]/g), checks: checks(path, name) });
  }
  return declarations.get(path);
}

function resolve(from, file) {
  return (file.startsWith(".") ? join(dirname(from), file) : file).replace(/\.js$/, "");
}

/** The compiled check of a type, and those of its fields, as text. */
function checks(path, name) {
  const root = path.split("/").slice(0, path.startsWith("@") ? 2 : 1).join("/");
  const code = readFileSync(join(modules, root, "_schemas", `${name}.js`), "utf8");
  const bodies = new Map();
  for (const [, id, body] of code.matchAll(/function validate(\d+)\(([\s\S]*?)(?=function validate\d+\(|$)/g)) {
    bodies.set(id, body);
  }
  const fields = new Map([...code.matchAll(/validate(\d+)\(data\.(\w+),/g)].map(([, id, field]) => [field, bodies.get(id)]));
  const [, own] = code.match(/export const validate=validate(\d+)/);
  return { own: bodies.get(own), fields };
}

/** What a check asks of the value itself: what it asks of parts of it has a longer path. */
function constrained(schema, check) {
  if (!check || schema.$ref) {
    return schema;
  }
  const params = (keyword) =>
    check.match(new RegExp(`schemaPath:"#/${keyword}",keyword:"${keyword}",params:\\{\\w+:("(?:[^"\\\\]|\\\\.)*"|[-\\d.e]+)`))?.[1];
  if (schema.type === "number" && params("type") === '"integer"') {
    schema.type = "integer";
  }
  for (const limit of LIMITS) {
    const value = check.match(new RegExp(`schemaPath:"#/${limit}",keyword:"${limit}",params:\\{[^}]*limit:([-\\d.e]+)`))?.[1];
    if (value !== undefined) {
      schema[limit] = Number(value);
    }
  }
  const pattern = params("pattern");
  if (pattern !== undefined) {
    schema.pattern = JSON.parse(pattern);
  }
  return schema;
}

function define(path) {
  const declared = declaration(path);
  if (!(declared.name in definitions)) {
    definitions[declared.name] = {};
    definitions[declared.name] = new Parser(declared).declaration();
  }
  return { $ref: `#/$defs/${declared.name}` };
}

class Parser {
  #declared;
  #tokens;
  #at = 0;

  constructor(declared) {
    this.#declared = declared;
    this.#tokens = declared.tokens;
  }

  declaration() {
    this.#expect("export");
    const isInterface = this.#next() === "interface";
    this.#next();
    if (!isInterface) {
      this.#expect("=");
      return constrained(this.#type(), this.#declared.checks.own);
    }
    const inherited = [];
    if (this.#take("extends")) {
      do {
        inherited.push(this.#next());
      } while (this.#take(","));
    }
    const schema = this.#object();
    for (const type of inherited.filter((type) => type !== "TypeMeta")) {
      const parent = new Parser(declaration(this.#declared.imports.get(type))).declaration();
      schema.properties = { ...parent.properties, ...schema.properties };
      schema.required = [...(parent.required ?? []), ...(schema.required ?? [])];
    }
    for (const [field, check] of this.#declared.checks.fields) {
      if (schema.properties?.[field]) {
        constrained(schema.properties[field], check);
      }
    }
    delete schema.properties?.status;
    return schema;
  }

  #object() {
    this.#expect("{");
    const properties = {};
    const required = [];
    while (!this.#take("}")) {
      if (this.#take("[")) {
        while (this.#next() !== "]");
        this.#expect(":");
        const values = this.#type();
        this.#expect(";");
        this.#expect("}");
        return { type: "object", additionalProperties: values };
      }
      const field = this.#next().replaceAll('"', "");
      if (!this.#take("?")) {
        required.push(field);
      }
      this.#expect(":");
      properties[field] = this.#type();
      this.#expect(";");
    }
    if (Object.keys(properties).length === 0) {
      return { type: "object" };
    }
    return {
      type: "object",
      properties,
      ...(required.length > 0 && { required }),
      additionalProperties: false,
    };
  }

  #type() {
    const types = [this.#single()];
    while (this.#take("|")) {
      types.push(this.#single());
    }
    if (types.every((type) => "const" in type)) {
      return types.length === 1 ? types[0] : { enum: types.map((type) => type.const) };
    }
    const plain = types.filter((type) => type.type !== "null");
    return plain.length === 1 ? plain[0] : { type: plain.map((type) => type.type) };
  }

  #single() {
    const token = this.#next();
    if (token === "{") {
      this.#at--;
      return this.#object();
    }
    if (token === "Array") {
      this.#expect("<");
      const items = this.#type();
      this.#expect(">");
      return { type: "array", items };
    }
    if (/^["\d]/.test(token)) {
      return { const: JSON.parse(token) };
    }
    if (["string", "number", "boolean", "null", "object"].includes(token)) {
      return { type: token };
    }
    if (["any", "unknown"].includes(token)) {
      return {};
    }
    if (!this.#declared.imports.has(token)) {
      throw new Error(`${this.#declared.path}: what is "${token}"?`);
    }
    return define(this.#declared.imports.get(token));
  }

  #next() {
    return this.#tokens[this.#at++];
  }

  #take(token) {
    if (this.#tokens[this.#at] !== token) {
      return false;
    }
    this.#at++;
    return true;
  }

  #expect(token) {
    if (!this.#take(token)) {
      throw new Error(`${this.#declared.path}: "${token}" expected, not "${this.#tokens[this.#at]}"`);
    }
  }
}

const kinds = {};
for (const path of KINDS) {
  const reference = define(path);
  const { apiVersion, kind } = definitions[declaration(path).name].properties;
  kinds[`${apiVersion.const}/${kind.const}`] = reference;
}
writeFileSync(
  join(dirname(fileURLToPath(import.meta.url)), "../resources/schemas/kubernetes.json"),
  `${JSON.stringify(
    {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $comment: `Made by src/test/schemas/generate.mjs from the npm packages ${Object.entries(PACKAGES)
        .map(([name, version]) => `${name} ${version}`)
        .join(", ")}; see NOTICE.`,
      kinds,
      $defs: Object.fromEntries(Object.entries(definitions).sort(([one], [other]) => (one < other ? -1 : 1))),
    },
    null,
    2,
  )}\n`,
);
