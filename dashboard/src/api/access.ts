/** What a person needs to see an organization: its identifier and a key that may read. */
export interface Access {
  readonly orgId: string;
  readonly key: string;
}

const STORED_AS = "freshtrack.access";

/** The access named by a URL fragment such as `#org=org_…&key=ftk_…`, if it names one. */
export function accessFromFragment(fragment: string): Access | undefined {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  return validAccess(parameters.get("org") ?? "", parameters.get("key") ?? "");
}

/** The access that both texts make, or nothing if either is not of the expected form. */
export function validAccess(orgId: string, key: string): Access | undefined {
  const access = { orgId: orgId.trim(), key: key.trim() };
  return /^org_\w+$/.test(access.orgId) && /^ftk_\w+$/.test(access.key) ? access : undefined;
}

/** The access key that this tab holds for an organization. It survives a reload and ends with the tab. */
export function keyOf(orgId: string): string | undefined {
  const access = keptAccess();
  return access?.orgId === orgId ? access.key : undefined;
}

/** The access that this tab holds. */
export function keptAccess(): Access | undefined {
  try {
    const stored = JSON.parse(window.sessionStorage.getItem(STORED_AS) ?? "{}") as Partial<Access>;
    return validAccess(stored.orgId ?? "", stored.key ?? "");
  } catch {
    return undefined;
  }
}

/** Keeps `access` for this tab. */
export function keepAccess(access: Access): void {
  window.sessionStorage.setItem(STORED_AS, JSON.stringify(access));
}

/** Forgets the access of this tab. */
export function forgetAccess(): void {
  window.sessionStorage.removeItem(STORED_AS);
}
