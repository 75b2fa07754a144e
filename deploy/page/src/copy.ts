import { type Family, familyOf } from "@quarry/client";
import { notify } from "./dom.js";
import type { Ask } from "./panels.js";
import type { Organization } from "./session.js";
import { VIEWS } from "./views.js";

/** Copies a text, and says so. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notify(`Copied ${what}.`);
  } catch {
    notify("The browser does not let this page copy.");
  }
}

/** The key is a variable of `.quarry/keys.env`, so that the copied text has no secret. */
export function curl(asks: Ask[], organization: Organization): string {
  return asks
    .map(({ path, parameters }) => {
      const key = `$${keyOf(familyOf(path), organization)}`;
      const header = usesBearer(path) ? `Authorization: Bearer ${key}` : `x-api-key: ${key}`;
      return `curl -sS -H "${header}" '${urlOf(path, parameters)}'\n`;
    })
    .join("");
}

export function typeScript(asks: Ask[], organization: Organization): string {
  const families = [...new Set(asks.map(({ path }) => familyOf(path)))];
  const credentials = families.map((family) => `${family}: process.env.${keyOf(family, organization)}`).join(", ");
  const requests = asks.map(({ path, parameters }) => `  quarry.get(${JSON.stringify(path)}, ${JSON.stringify(parameters)}),\n`);
  return (
    'import { Quarry } from "@quarry/client";\n\n' +
    `const quarry = new Quarry({ url: ${JSON.stringify(location.origin)}, credentials: { ${credentials} } });\n` +
    `const answers = await Promise.all([\n${requests.join("")}]);\n`
  );
}

/** The variable that has the organisation's key for a family. */
function keyOf(family: Family, { variables }: Organization): string {
  return variables + VIEWS[family].key;
}

function usesBearer(path: string): boolean {
  const family = familyOf(path);
  return family === "apps" || family === "orgs";
}

function urlOf(path: string, { path: inPath, query }: Ask["parameters"]): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(inPath?.[name] ?? ""));
  const search = new URLSearchParams(Object.entries(query ?? {}).map(([name, value]) => [name, String(value)]));
  return location.origin + filled + (search.size === 0 ? "" : `?${search}`);
}
