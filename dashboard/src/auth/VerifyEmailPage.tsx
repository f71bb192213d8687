import { useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import { check } from "../api/http";
import { useArrival } from "../app/arrival";
import { useBackend } from "../app/backend";
import { Button } from "../design/Button";
import { Notice } from "../design/Notice";
import { PanelPage } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";

const text = strings.verifyEmail;

/** Where the link in the mail leads: it creates the account. */
export function VerifyEmailPage() {
  const { anyone } = useBackend();
  const { token } = useArrival();
  // The link works once, so it is presented once, however often the page is drawn.
  const verification = useQuery({
    queryKey: ["verify-email", token],
    enabled: token !== undefined,
    queryFn: async () => {
      check(await anyone.POST("/v1/identity/verify-email", { body: { token: token ?? "" } }));
      return true;
    },
  });
  if (token === undefined) return <Navigate to="/sign-in" replace />;
  if (verification.isSuccess) return <Navigate to="/sign-in" state={{ notice: "verified" }} replace />;
  return (
    <PanelPage title={text.title}>
      {verification.isPending && <p role="status">{strings.working}</p>}
      {verification.isError && (
        <>
          <Notice tone="watch">{explain(verification.error)}</Notice>
          <div>
            <Button onClick={() => void verification.refetch()}>{strings.retry}</Button>
          </div>
          <p>
            <Link to="/sign-in">{strings.signIn.title}</Link> · <Link to="/sign-up">{strings.signUp.title}</Link>
          </p>
        </>
      )}
    </PanelPage>
  );
}
