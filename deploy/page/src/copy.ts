import { type Credentials, type Family, authentication, familyOf } from "@quarry/client";
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

const SESSION = "DASHBOARD_SESSION_TOKEN";

/** The key or session is a variable of `.quarry/keys.env`, so that the copied text has no secret. */
export function curl(asks: Ask[], organization: Organization): string {
  return asks
    .map(({ path, parameters }) => {
      const family = familyOf(path);
      const variables: Credentials = usesSession(family, organization)
        ? { session: { token: `$${SESSION}`, organization: organization.id } }
        : { [family]: `$${keyOf(family, organization)}` };
      const headers = Object.entries(authentication(family, variables)).map(([name, value]) => `-H "${name}: ${value}"`);
      return `curl -sS ${headers.join(" ")} '${urlOf(path, parameters)}'\n`;
    })
    .join("");
}

export function typeScript(asks: Ask[], organization: Organization): string {
  const families = [...new Set(asks.map(({ path }) => familyOf(path)))];
  const credentials = families.map((family) =>
    usesSession(family, organization)
      ? `session: { token: process.env.${SESSION} ?? "", organization: ${JSON.stringify(organization.id)} }`
      : `${family}: process.env.${keyOf(family, organization)}`,
  );
  const requests = asks.map(({ path, parameters }) => `  quarry.get(${JSON.stringify(path)}, ${JSON.stringify(parameters)}),\n`);
  return (
    'import { Quarry } from "@quarry/client";\n\n' +
    `const quarry = new Quarry({ url: ${JSON.stringify(location.origin)}, credentials: { ${credentials.join(", ")} } });\n` +
    `const answers = await Promise.all([\n${requests.join("")}]);\n`
  );
}

/** Whether the page reads a family with a dashboard session, and not with a key. */
function usesSession(family: Family, { credentials }: Organization): boolean {
  return credentials[family] === undefined && credentials.session !== undefined;
}

/** The variable that has the organisation's key for a family. */
function keyOf(family: Family, { variables }: Organization): string {
  return variables + VIEWS[family].key;
}

function urlOf(path: string, { path: inPath, query }: Ask["parameters"]): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(inPath?.[name] ?? ""));
  const search = new URLSearchParams(Object.entries(query ?? {}).map(([name, value]) => [name, String(value)]));
  return location.origin + filled + (search.size === 0 ? "" : `?${search}`);
}
