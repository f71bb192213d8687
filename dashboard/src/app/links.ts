import { accessFromFragment, type Access } from "../api/access";

/** What an address that begins the app asks for in its fragment, where no server and no log sees it. */
export type Link =
  | { readonly kind: "mail"; readonly to: "/verify-email" | "/reset-password" | "/invitation"; readonly token: string }
  | { readonly kind: "access"; readonly access: Access };

/** The links in mails, as the system writes them. */
const OF_MAIL = {
  "verify-email": "/verify-email",
  "reset-password": "/reset-password",
  "accept-invitation": "/invitation",
} as const;

/** What the fragment of an address asks for: `#verify-email=…`, `#org=…&key=…`. */
export function linkOfFragment(fragment: string): Link | undefined {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  for (const [name, to] of Object.entries(OF_MAIL)) {
    const token = parameters.get(name);
    if (token) return { kind: "mail", to, token };
  }
  const access = accessFromFragment(fragment);
  return access === undefined ? undefined : { kind: "access", access };
}
