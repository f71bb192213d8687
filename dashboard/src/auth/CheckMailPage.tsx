import { useMutation } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import { check } from "../api/http";
import { useArrival } from "../app/arrival";
import { useBackend } from "../app/backend";
import { Button } from "../design/Button";
import { Notice } from "../design/Notice";
import { PanelPage } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";

const text = strings.checkMail;

/** A mail is on its way: what to do with it, and what to do if it does not come. */
export function CheckMailPage() {
  const { anyone } = useBackend();
  const { email } = useArrival();
  const resend = useMutation({
    mutationFn: async (to: string) => check(await anyone.POST("/v1/identity/verify-email/resend", { body: { email: to } })),
  });
  if (email === undefined) return <Navigate to="/sign-up" replace />;
  return (
    <PanelPage title={text.title}>
      <p>{text.sent(email)}</p>
      <p>{text.none}</p>
      {resend.isSuccess && <Notice tone="ok">{text.resent}</Notice>}
      {resend.isError && <Notice tone="watch">{explain(resend.error)}</Notice>}
      <div>
        <Button busy={resend.isPending} onClick={() => resend.mutate(email)}>
          {text.resend}
        </Button>
      </div>
      <p>
        <Link to="/sign-up">{text.another}</Link>
      </p>
    </PanelPage>
  );
}
