import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { unwrap } from "../api/http";
import { meQuery, useBackend } from "../app/backend";
import { PersonPage } from "../app/PersonPage";
import { Choices, Field, Form, SelectField } from "../design/Form";
import { Panel } from "../design/Panel";
import { useTemperatureUnit } from "../design/temperature-unit";
import { strings } from "../i18n/strings";
import { DeletedOrganizations } from "../organization/DeletedOrganizations";
import { Steps } from "./Steps";
import { ownTimeZone, timeZones } from "./time-zones";

const text = strings.setup;

/** The first step: an organization, of which its founder is the owner. */
export function NewOrganizationPage() {
  const backend = useBackend();
  const navigate = useNavigate();
  const customary = useTemperatureUnit() === "F" ? "fahrenheit" : "celsius";
  const [slug, setSlug] = useState("");
  return (
    <PersonPage title={text.organizationTitle}>
      <Steps current="organization" />
      <Panel title={text.step.organization}>
        <p>{text.organizationIntro}</p>
        <Form
          action={text.next}
          onSend={async (filled) => {
            const body = {
              name: filled.text("name"),
              ...(filled.text("slug") === "" ? {} : { slug: filled.text("slug") }),
              time_zone: filled.text("time_zone"),
              display: filled.text("display") === "fahrenheit" ? ("fahrenheit" as const) : ("celsius" as const),
            };
            const params = { header: { "Idempotency-Key": filled.key } };
            const { id } = unwrap(await backend.person.POST("/v1/orgs", { params, body }));
            await backend.queries.invalidateQueries(meQuery(backend));
            await navigate({ to: "/orgs/$orgId/setup", params: { orgId: id } });
          }}
        >
          <Field label={text.organizationName} name="name" autoComplete="organization" maxLength={256} required />
          <Field
            label={text.slug}
            hint={text.slugHint}
            name="slug"
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            maxLength={63}
            onChange={(event) => setSlug(event.currentTarget.value.trim())}
          />
          <SlugAvailability slug={slug} />
          <SelectField
            label={text.timeZone}
            name="time_zone"
            defaultValue={ownTimeZone()}
            options={timeZones().map((zone) => [zone, zone] as const)}
          />
          <Choices
            legend={strings.temperatureUnit.label}
            name="display"
            type="radio"
            options={[
              ["celsius", strings.temperatureUnit.C],
              ["fahrenheit", strings.temperatureUnit.F],
            ]}
            chosen={[customary]}
          />
        </Form>
      </Panel>
      <DeletedOrganizations />
    </PersonPage>
  );
}

/** Typing has paused when nothing was typed for this long. */
const PAUSE_MS = 300;

/** Whether a short name can still be had, told while it is typed. */
function SlugAvailability({ slug }: { slug: string }) {
  const { person } = useBackend();
  const [asked, setAsked] = useState("");
  useEffect(() => {
    const pause = setTimeout(() => setAsked(slug), PAUSE_MS);
    return () => clearTimeout(pause);
  }, [slug]);
  const availability = useQuery({
    queryKey: ["slug", asked],
    enabled: asked !== "",
    queryFn: async ({ signal }) => unwrap(await person.GET("/v1/slugs/{slug}", { params: { path: { slug: asked } }, signal })),
    staleTime: 0,
  });
  const answer = asked === slug ? availability.data : undefined;
  return (
    <p role="status">
      {answer !== undefined && slug !== "" && (answer.available ? text.slugFree(slug) : (answer.reason ?? text.slugTaken(slug)))}
    </p>
  );
}
