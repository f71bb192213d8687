import { Link, useNavigate } from "@tanstack/react-router";
import { check } from "../api/http";
import { useBackend } from "../app/backend";
import { Field, Form } from "../design/Form";
import { PanelPage } from "../design/Panel";
import { strings } from "../i18n/strings";
import { pendingInvitation } from "../people/pending-invitation";
import { NewPasswordField } from "./NewPasswordField";

const text = strings.signUp;

/** Asking for an account. Whether the address has one already is told to its holder alone, by mail. */
export function SignUpPage() {
  const { anyone } = useBackend();
  const navigate = useNavigate();
  const invited = pendingInvitation();
  return (
    <PanelPage title={text.title}>
      <p>{text.intro}</p>
      <Form
        action={text.action}
        onSend={async (filled) => {
          const email = filled.text("email");
          const body = {
            email,
            password: filled.verbatim("password"),
            name: filled.text("name"),
            locale: strings.locale,
          };
          check(await anyone.POST("/v1/identity/sign-up", { body }));
          await navigate({ to: "/check-mail", state: { email } });
        }}
      >
        <Field label={strings.person.name} name="name" autoComplete="name" required />
        <Field
          label={strings.person.email}
          name="email"
          type="email"
          autoComplete="username"
          defaultValue={invited?.email}
          required
        />
        <NewPasswordField label={strings.person.password} knownFields={["name", "email"]} />
      </Form>
      <p>
        {text.known} <Link to="/sign-in">{strings.signIn.title}</Link>
      </p>
    </PanelPage>
  );
}
