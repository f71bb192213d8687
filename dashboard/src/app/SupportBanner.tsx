import { queryOptions, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { check, unwrap } from "../api/http";
import type { SupportSessionView } from "../api/types";
import { Confirm } from "../design/Confirm";
import { formatAge } from "../design/format";
import { Icon } from "../design/Icon";
import { strings } from "../i18n/strings";
import { useTimeText } from "../live/hooks";
import { meQuery, useBackend, type Backend } from "./backend";
import { useMe, useOwnMembership, useSession } from "./session";
import styles from "./SupportBanner.module.css";

const text = strings.support;

/** What the administrator who is signed in supports at the moment. To everybody else there is no such page. */
export function activeSupportQuery({ person }: Backend) {
  return queryOptions({
    queryKey: ["support"],
    queryFn: async ({ signal }) => unwrap(await person.GET("/v1/platform/support-sessions/active", { signal })).session ?? null,
    staleTime: 0,
    refetchOnWindowFocus: true,
  });
}

/** Tells an administrator of the platform, on every page, in whose place they act, why and for how much longer. */
export function SupportBanner() {
  const { orgId } = useSession();
  const isStranger = useOwnMembership() === undefined;
  const isKnown = useMe() !== undefined;
  const support = useQuery({ ...activeSupportQuery(useBackend()), enabled: isKnown && isStranger });
  if (support.data?.org_id !== orgId) return null;
  return <Banner session={support.data} />;
}

function Banner({ session }: { session: SupportSessionView }) {
  const backend = useBackend();
  const navigate = useNavigate();
  const { organization, member_name, reason, ends_at } = session;
  const left = useTimeText((now) => formatAge(new Date(now).toISOString(), Date.parse(ends_at)));
  return (
    <aside aria-label={text.title} className={styles.banner}>
      <Icon name="watch" />
      <div className={styles.about}>
        <p>
          <strong>{text.acting(member_name ?? text.somebody, organization)}</strong>
        </p>
        <p>{text.reason(reason)}</p>
        <p>{text.left(left)}</p>
      </div>
      <Confirm
        label={text.end}
        title={`${text.end}?`}
        onConfirm={async () => {
          check(await backend.person.DELETE("/v1/platform/support-sessions/active"));
          await navigate({ to: "/profile" });
          await Promise.all([
            backend.queries.invalidateQueries(activeSupportQuery(backend)),
            backend.queries.invalidateQueries(meQuery(backend)),
          ]);
        }}
      >
        <p>{text.endText}</p>
      </Confirm>
    </aside>
  );
}
