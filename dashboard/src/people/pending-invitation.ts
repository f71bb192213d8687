const STORED_AS = "freshtrack.invitation";

/** An invitation that waits until its addressee has signed in, or signed up, answered a mail, and signed in. */
export interface PendingInvitation {
  readonly token: string;
  /** The address that was invited. */
  readonly email: string;
}

/** The invitation that waits in this browser. */
export function pendingInvitation(): PendingInvitation | undefined {
  try {
    const kept = JSON.parse(window.localStorage.getItem(STORED_AS) ?? "null") as Partial<PendingInvitation> | null;
    if (typeof kept?.token !== "string" || typeof kept.email !== "string") return undefined;
    return { token: kept.token, email: kept.email };
  } catch {
    return undefined;
  }
}

/** Keeps an invitation until it is answered. */
export function keepInvitation(invitation: PendingInvitation): void {
  window.localStorage.setItem(STORED_AS, JSON.stringify(invitation));
}

/** The invitation was answered, or is no longer one. */
export function forgetInvitation(): void {
  window.localStorage.removeItem(STORED_AS);
}
