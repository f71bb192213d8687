const STORED_AS = "freshtrack.organization";

/** The organization that was looked at last on this device. */
export function keptOrganization(): string | undefined {
  return window.localStorage.getItem(STORED_AS) ?? undefined;
}

/** Remembers what is looked at on this device. */
export function keepOrganization(orgId: string): void {
  window.localStorage.setItem(STORED_AS, orgId);
}
