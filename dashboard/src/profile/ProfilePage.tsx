import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { check, unwrap } from "../api/http";
import type { Me } from "../api/types";
import { meQuery, useBackend } from "../app/backend";
import { PersonPage } from "../app/PersonPage";
import { Waiting } from "../app/Waiting";
import { NewPasswordField } from "../auth/NewPasswordField";
import { Button } from "../design/Button";
import { Confirm } from "../design/Confirm";
import { Field, Form, PasswordField } from "../design/Form";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import { DeletedOrganizations } from "../organization/DeletedOrganizations";
import { DeleteAccount } from "./DeleteAccount";
import styles from "./profile.module.css";
import { SecondFactor } from "./SecondFactor";
import { Sessions } from "./Sessions";

const text = strings.profile;

/** Who is signed in, what lets them in, and where they belong. */
export function ProfilePage() {
  const me = useQuery(meQuery(useBackend()));
  return (
    <PersonPage title={text.title}>
      {me.data !== undefined ? (
        <>
          <Organizations me={me.data} />
          <DeletedOrganizations />
          <You me={me.data} />
          <SecondFactor user={me.data.user} />
          <Password user={me.data.user} />
          <Sessions />
          <SignOut />
          <DeleteAccount email={me.data.user.email} />
        </>
      ) : me.isError ? (
        <Notice tone="watch">
          <p>{explain(me.error)}</p>
          <Button onClick={() => void me.refetch()}>{strings.retry}</Button>
        </Notice>
      ) : (
        <Waiting />
      )}
    </PersonPage>
  );
}

function You({ me }: { me: Me }) {
  const backend = useBackend();
  const [saved, setSaved] = useState(false);
  return (
    <Panel title={text.you}>
      <p>{me.user.email}</p>
      {saved && <Notice tone="ok">{text.saved}</Notice>}
      <Form
        action={text.save}
        onSend={async (filled) => {
          setSaved(false);
          unwrap(await backend.person.PATCH("/v1/me", { body: { name: filled.text("name") } }));
          await backend.queries.invalidateQueries(meQuery(backend));
          setSaved(true);
        }}
      >
        <Field label={strings.person.name} name="name" autoComplete="name" defaultValue={me.user.name} required />
      </Form>
    </Panel>
  );
}

function Organizations({ me }: { me: Me }) {
  return (
    <Panel title={text.organizations}>
      {me.memberships.length === 0 && <p>{text.noOrganizations}</p>}
      <ul className={styles.links}>
        {me.memberships.map(({ org_id, name, role }) => (
          <li key={org_id}>
            <Link to="/orgs/$orgId" params={{ orgId: org_id }}>
              {text.open(name, strings.role[role])}
            </Link>
          </li>
        ))}
        <li>
          <Link to="/setup">{text.newOrganization}</Link>
        </li>
      </ul>
    </Panel>
  );
}

function Password({ user }: { user: Me["user"] }) {
  const { person } = useBackend();
  // Another form once it is done: passwords are not left standing in it.
  const [changed, setChanged] = useState(0);
  return (
    <Panel title={text.password}>
      {changed > 0 && <Notice tone="ok">{text.passwordChanged}</Notice>}
      <Form
        key={changed}
        action={text.changePassword}
        onSend={async (filled) => {
          const body = { current_password: filled.verbatim("current_password"), password: filled.verbatim("password") };
          check(await person.POST("/v1/me/password", { body }));
          setChanged(changed + 1);
        }}
      >
        <PasswordField label={text.currentPassword} name="current_password" autoComplete="current-password" />
        <NewPasswordField label={strings.person.newPassword} known={[user.name, user.email]} />
      </Form>
    </Panel>
  );
}

function SignOut() {
  const { person, session } = useBackend();
  const navigate = useNavigate();
  const leave = async (everywhere: boolean): Promise<void> => {
    check(await person.POST("/v1/me/sign-out", { body: { everywhere } }));
    await navigate({ to: "/sign-in", state: { notice: "signedOut" } });
    session.end();
  };
  return (
    <div className={styles.actions}>
      <Button tone="primary" onClick={() => void leave(false).catch(() => session.end())}>
        {strings.signOut}
      </Button>
      <Confirm label={text.signOutEverywhere} title={text.everywhereTitle} onConfirm={() => leave(true)}>
        <p>{text.everywhereText}</p>
      </Confirm>
    </div>
  );
}
