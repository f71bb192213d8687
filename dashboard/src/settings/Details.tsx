import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, unwrap } from "../api/http";
import { meQuery, useBackend } from "../app/backend";
import { useSession } from "../app/session";
import { Waiting } from "../app/Waiting";
import { Button } from "../design/Button";
import { Choices, Field, Form, SelectField, type Filled } from "../design/Form";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import { timeZones } from "../setup/time-zones";
import { organizationQuery } from "./queries";

const text = strings.settings;

/** What the organization is called, and how it tells time and temperature. */
export function Details() {
  const session = useSession();
  const { http, orgId, queries } = session;
  const backend = useBackend();
  const organization = useQuery(organizationQuery(session));
  const [outcome, setOutcome] = useState<"saved" | "stale">();

  const save = async (filled: Filled, revision: string | null): Promise<void> => {
    setOutcome(undefined);
    const body = {
      name: filled.text("name"),
      slug: filled.text("slug"),
      time_zone: filled.text("time_zone"),
      display: filled.text("display") === "fahrenheit" ? ("fahrenheit" as const) : ("celsius" as const),
    };
    const params = { path: { org_id: orgId }, header: revision === null ? {} : { "If-Match": revision } };
    try {
      unwrap(await http.PATCH("/v1/orgs/{org_id}", { params, body }));
      setOutcome("saved");
    } catch (error) {
      if (!(error instanceof ApiError && error.code === "stale")) throw error;
      setOutcome("stale");
    }
    await Promise.all([
      queries.invalidateQueries({ queryKey: [orgId, "organization"] }),
      queries.invalidateQueries({ queryKey: [orgId, "overview"] }),
      queries.invalidateQueries(meQuery(backend)),
    ]);
  };

  return (
    <Panel title={text.details}>
      {outcome !== undefined && <Notice tone={outcome === "saved" ? "ok" : "watch"}>{text[outcome]}</Notice>}
      {organization.isPending && <Waiting />}
      {organization.isError && (
        <Notice tone="watch">
          <p>{explain(organization.error)}</p>
          <Button onClick={() => void organization.refetch()}>{strings.retry}</Button>
        </Notice>
      )}
      {organization.data !== undefined && (
        <Form
          // Changed by somebody else, it is another form.
          key={organization.data.revision}
          action={text.save}
          onSend={(filled) => save(filled, organization.data.revision)}
        >
          <Field
            label={strings.setup.organizationName}
            name="name"
            autoComplete="off"
            maxLength={256}
            defaultValue={organization.data.view.name}
            required
          />
          <Field
            label={strings.setup.slug}
            hint={text.slugHint}
            name="slug"
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            maxLength={63}
            defaultValue={organization.data.view.slug}
            required
          />
          <SelectField
            label={strings.setup.timeZone}
            hint={text.timeZoneHint}
            name="time_zone"
            defaultValue={organization.data.view.time_zone}
            options={[...new Set([organization.data.view.time_zone, ...timeZones()])].map((zone) => [zone, zone] as const)}
          />
          <Choices
            legend={strings.temperatureUnit.label}
            name="display"
            type="radio"
            options={[
              ["celsius", strings.temperatureUnit.C],
              ["fahrenheit", strings.temperatureUnit.F],
            ]}
            chosen={[organization.data.view.display]}
          />
        </Form>
      )}
    </Panel>
  );
}
