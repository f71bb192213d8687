import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { check } from "../api/http";
import { useBackend } from "../app/backend";
import { Field, Form } from "../design/Form";
import { Notice } from "../design/Notice";
import { PanelPage } from "../design/Panel";
import { strings } from "../i18n/strings";

const text = strings.forgotPassword;

/** Asking for a link by which a new password can be set. */
export function ForgotPasswordPage() {
  const { anyone } = useBackend();
  const [sentTo, setSentTo] = useState<string>();
  return (
    <PanelPage title={text.title}>
      <p>{text.intro}</p>
      {sentTo !== undefined && <Notice tone="ok">{text.sent(sentTo)}</Notice>}
      <Form
        action={text.action}
        beside={<Link to="/sign-in">{strings.signIn.title}</Link>}
        onSend={async (filled) => {
          const email = filled.text("email");
          check(await anyone.POST("/v1/identity/password-reset", { body: { email } }));
          setSentTo(email);
        }}
      >
        <Field label={strings.person.email} name="email" type="email" autoComplete="username" required />
      </Form>
    </PanelPage>
  );
}
