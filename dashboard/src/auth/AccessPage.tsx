import { Link, useNavigate } from "@tanstack/react-router";
import { keepAccess, validAccess } from "../api/access";
import { useArrival } from "../app/arrival";
import { Field, Form } from "../design/Form";
import { Notice } from "../design/Notice";
import { PanelPage } from "../design/Panel";
import { strings } from "../i18n/strings";

const text = strings.access;

/** Asks for an organization and an access key: for screens that belong to nobody. */
export function AccessPage() {
  const navigate = useNavigate();
  const { notice } = useArrival();
  return (
    <PanelPage title={text.title}>
      <p>{text.intro}</p>
      {notice !== undefined && <Notice tone="watch">{strings.arrival[notice]}</Notice>}
      <Form
        action={text.open}
        beside={<Link to="/sign-in">{strings.signIn.title}</Link>}
        check={(filled) => {
          const wrong: Record<string, string> = {};
          if (!filled.text("org").startsWith("org_")) wrong.org = text.invalidOrganization;
          if (!filled.text("key").startsWith("ftk_")) wrong.key = text.invalidKey;
          return wrong;
        }}
        onSend={async (filled) => {
          const access = validAccess(filled.text("org"), filled.text("key"));
          if (access === undefined) throw new Error(text.invalidKey);
          keepAccess(access);
          await navigate({ to: "/orgs/$orgId", params: { orgId: access.orgId } });
        }}
      >
        <Field label={text.organization} name="org" autoComplete="organization" spellCheck={false} autoCapitalize="none" required />
        <Field label={text.key} name="key" type="password" autoComplete="off" spellCheck={false} required />
      </Form>
    </PanelPage>
  );
}
