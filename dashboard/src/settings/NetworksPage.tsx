import { useQuery } from "@tanstack/react-query";
import { overviewQuery, useSession } from "../app/session";
import { Networks } from "../networks/Connect";
import { ownTimeZone } from "../setup/time-zones";
import { SettingsPage } from "./SettingsPage";

/** The network servers that hear the organization's sensors. */
export function NetworksPage() {
  const session = useSession();
  const [site] = useQuery(overviewQuery(session)).data?.sites ?? [];
  return (
    <SettingsPage section="networks">
      {() => <Networks>{(_, choice) => choice(site?.time_zone ?? ownTimeZone())}</Networks>}
    </SettingsPage>
  );
}
