import type { Credentials, Family } from "@quarry/client";

/** An organisation whose numbers the page may read. It is kept in memory only. */
export interface Organization {
  id: string;
  name: string;
  credentials: Credentials;
  /** How the variables of its keys begin in `keys.env`. */
  variables: string;
  /** Known apps and workspaces; empty if the page does not know them. */
  apps: string[];
  workspaces: string[];
  /** The newest day of a sample. */
  newest: { metrics?: string; integrations?: string };
}

const CODE = "code";

/**
 * Signs in with the code of the link that `./quarry up` prints. The code leaves the address bar at once; this tab
 * remembers it, so that a reload stays signed in. Empty if there is no code, or it is of another stack.
 */
export async function signInWithLink(): Promise<Organization[]> {
  const linked = new URLSearchParams(location.hash.slice(1)).get(CODE);
  if (linked !== null) {
    sessionStorage.setItem(CODE, linked);
    history.replaceState(null, "", location.pathname + location.search);
  }
  const code = sessionStorage.getItem(CODE);
  if (code === null) {
    return [];
  }
  const answer = await fetch("/page/sign-in", { method: "POST", body: code }).catch(() => undefined);
  if (!answer?.ok) {
    if (answer?.status === 403) {
      sessionStorage.removeItem(CODE);
    }
    return [];
  }
  return ((await answer.json()) as { organizations: Organization[] }).organizations;
}

/** Asks for keys. Resolves to undefined if the person cancels. */
export function signInWithKeys(dialog: HTMLDialogElement): Promise<Organization | undefined> {
  const form = dialog.querySelector("form")!;
  dialog.showModal();
  return new Promise((resolve) => {
    const close = (result: Organization | undefined) => {
      form.reset();
      dialog.close();
      resolve(result);
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      close(organizationOf(new FormData(form)));
    };
    form.querySelector<HTMLButtonElement>("[value=cancel]")!.onclick = () => close(undefined);
    dialog.oncancel = () => close(undefined);
  });
}

function organizationOf(form: FormData): Organization {
  const value = (name: string) => String(form.get(name) ?? "").trim();
  const id = value("organization");
  const credentials: Credentials = {};
  for (const family of ["metrics", "apps", "integrations", "orgs"] satisfies Family[]) {
    if (value(family) !== "") {
      credentials[family] = value(family);
    }
  }
  if (value("session") !== "") {
    credentials.session = { token: value("session"), organization: id };
  }
  return { id, name: id, credentials, variables: "", apps: [], workspaces: [], newest: {} };
}

/** Whether there is a credential for a family. */
export function mayRead(organization: Organization, family: Family): boolean {
  const { credentials } = organization;
  return credentials[family] !== undefined || (family === "metrics" && credentials.session !== undefined);
}
