// Builds the client: merges the OpenAPI documents, generates the types, compiles.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import { mergedDocument } from "./merge.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const document = mergedDocument(resolve(here, "../../.."));

rmSync(`${here}/dist`, { recursive: true, force: true });
mkdirSync(`${here}/dist`, { recursive: true });
writeFileSync(`${here}/dist/openapi.json`, JSON.stringify(document, null, 1));
writeFileSync(
  `${here}/src/schema.ts`,
  "// Generated from the OpenAPI documents by build.mjs.\n" + astToString(await openapiTS(document)),
);
execFileSync(process.execPath, [`${here}/node_modules/typescript/bin/tsc`, "--project", here], { stdio: "inherit" });
