import { Link, Navigate, useNavigate } from "@tanstack/react-router";
import { check } from "../api/http";
import { useArrival } from "../app/arrival";
import { useBackend } from "../app/backend";
import { Form } from "../design/Form";
import { PanelPage } from "../design/Panel";
import { strings } from "../i18n/strings";
import { NewPasswordField } from "./NewPasswordField";

const text = strings.resetPassword;

/** Where the link in the mail leads: a new password. */
export function ResetPasswordPage() {
  const { anyone, session } = useBackend();
  const navigate = useNavigate();
  const { token } = useArrival();
  if (token === undefined) return <Navigate to="/forgot-password" replace />;
  return (
    <PanelPage title={text.title}>
      <p>{text.intro}</p>
      <Form
        action={text.action}
        beside={<Link to="/forgot-password">{text.again}</Link>}
        onSend={async (filled) => {
          const body = { token, password: filled.verbatim("password") };
          check(await anyone.POST("/v1/identity/password-reset/complete", { body }));
          // Every session has ended with the old password, this browser's too.
          if (session.signedIn) session.end();
          await navigate({ to: "/sign-in", state: { notice: "passwordSet" }, replace: true });
        }}
      >
        <NewPasswordField label={strings.person.newPassword} />
      </Form>
    </PanelPage>
  );
}
