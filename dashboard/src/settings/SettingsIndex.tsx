import { Navigate } from "@tanstack/react-router";
import { useMe, useMembership, useSession } from "../app/session";
import { Waiting } from "../app/Waiting";
import { sectionsFor } from "./sections";

/** Goes to the first of the settings that are whoever looks' to see. */
export function SettingsIndex() {
  const { orgId, byKey } = useSession();
  const [first] = sectionsFor(useMembership());
  const isKnown = useMe() !== undefined || byKey;
  if (!isKnown) return <Waiting />;
  return <Navigate to={first?.to ?? "/orgs/$orgId"} params={{ orgId }} replace />;
}
