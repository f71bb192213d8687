import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, Navigate, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { ApiError, unwrap } from "../api/http";
import { useArrival } from "../app/arrival";
import { meQuery, useBackend } from "../app/backend";
import { Waiting } from "../app/Waiting";
import { Button } from "../design/Button";
import { formatDateTime } from "../design/format";
import { Notice } from "../design/Notice";
import { PanelPage } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import { forgetInvitation, keepInvitation, pendingInvitation } from "./pending-invitation";
import styles from "./people.module.css";

const text = strings.invitation;

/** Where the link of an invitation leads: what it is about, and how to accept it, signed in or not. */
export function InvitationPage() {
  const { token } = useArrival();
  const given = token ?? pendingInvitation()?.token;
  if (given === undefined) return <Navigate to="/" replace />;
  return <Invitation token={given} />;
}

function Invitation({ token }: { token: string }) {
  const { anyone, session } = useBackend();
  const preview = useQuery({
    queryKey: ["invitation", token],
    queryFn: async ({ signal }) => unwrap(await anyone.POST("/v1/invitations/preview", { body: { token }, signal })),
    staleTime: 0,
  });
  const email = preview.data?.email;
  const isOver = preview.error instanceof ApiError && preview.error.status < 500;
  useEffect(() => {
    if (email !== undefined) keepInvitation({ token, email });
    if (isOver) forgetInvitation();
  }, [token, email, isOver]);

  if (preview.isError) {
    return (
      <PanelPage title={text.overTitle}>
        <Notice tone="watch">{explain(preview.error)}</Notice>
        {isOver ? (
          <p>
            <Link to="/">{strings.notFound.home}</Link>
          </p>
        ) : (
          <div>
            <Button onClick={() => void preview.refetch()}>{strings.retry}</Button>
          </div>
        )}
      </PanelPage>
    );
  }
  if (preview.data === undefined) return <Waiting />;
  const { organization, invited_by, role, expires_at } = preview.data;
  return (
    <PanelPage title={text.title(organization)}>
      <p>{text.asked(invited_by, strings.role[role], strings.roleHint[role])}</p>
      <p className={styles.quiet}>{text.until(formatDateTime(expires_at))}</p>
      {session.signedIn ? (
        <Accept token={token} email={preview.data.email} />
      ) : (
        <>
          <p>{text.holder(preview.data.email)}</p>
          <ul className={styles.choices}>
            <li>
              <Link to="/sign-up">{strings.signUp.title}</Link>
            </li>
            <li>
              <Link to="/sign-in" search={{ next: "/invitation" }} state={{ email: preview.data.email }}>
                {text.haveAccount}
              </Link>
            </li>
          </ul>
        </>
      )}
    </PanelPage>
  );
}

function Accept({ token, email }: { token: string; email: string }) {
  const backend = useBackend();
  const navigate = useNavigate();
  const me = useQuery(meQuery(backend));
  const accept = useMutation({
    mutationFn: async () => unwrap(await backend.person.POST("/v1/invitations/accept", { body: { token } })),
    onSuccess: async ({ org_id }) => {
      forgetInvitation();
      await backend.queries.invalidateQueries(meQuery(backend));
      await navigate({ to: "/orgs/$orgId", params: { orgId: org_id }, replace: true });
    },
  });
  if (me.data === undefined) return <Waiting />;
  const decline = (
    <Link to="/" onClick={forgetInvitation}>
      {text.later}
    </Link>
  );
  if (me.data.user.email !== email) {
    return (
      <>
        <Notice tone="watch">{text.otherAccount(email, me.data.user.email)}</Notice>
        <p>
          <Link to="/profile">{strings.navigation.profile}</Link> · {decline}
        </p>
      </>
    );
  }
  return (
    <>
      {accept.isError && <Notice tone="watch">{explain(accept.error)}</Notice>}
      <div className={styles.actions}>
        <Button tone="primary" busy={accept.isPending} onClick={() => accept.mutate()}>
          {text.accept}
        </Button>
        {decline}
      </div>
    </>
  );
}
