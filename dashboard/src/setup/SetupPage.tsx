import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { unwrap } from "../api/http";
import type { AreaView, SiteView } from "../api/types";
import { overviewQuery, useMembership, useSession } from "../app/session";
import { Waiting } from "../app/Waiting";
import { Field, Form, SelectField } from "../design/Form";
import { Panel, useHeading } from "../design/Panel";
import { strings } from "../i18n/strings";
import { progressOf } from "./progress";
import { sensorsQuery } from "./queries";
import { SensorStep } from "./SensorStep";
import { SetUp } from "./SetUp";
import styles from "./setup.module.css";
import { Steps } from "./Steps";
import { ownTimeZone, timeZones } from "./time-zones";

const text = strings.setup;

/** From an organization with nothing in it to a sensor that reports. Each step is saved before the next is shown. */
export function SetupPage() {
  const session = useSession();
  const membership = useMembership();
  const { data: overview } = useQuery(overviewQuery(session));
  const { data: sensors } = useQuery(sensorsQuery(session));
  const progress = overview && progressOf(overview, sensors !== undefined && sensors.length > 0);
  const heading = useHeading(text.title);

  if (progress === undefined || membership === undefined || sensors === undefined) return <Waiting />;
  if (!membership.rights.includes("manage_places")) {
    return <Navigate to="/orgs/$orgId" params={{ orgId: session.orgId }} replace />;
  }
  const { step, site, area, unit } = progress;
  return (
    <div className={styles.page}>
      <h2 ref={heading} tabIndex={-1}>
        {text.title}
      </h2>
      <Steps current={step} />
      {step === "site" && <SiteStep />}
      {step === "area" && site && <AreaStep site={site} />}
      {step === "unit" && site && area && <UnitStep site={site} area={area} />}
      {step === "sensor" && unit && <SensorStep unit={unit} />}
      {step === "done" && site && unit && <SetUp site={site} unit={unit} sensors={sensors} />}
    </div>
  );
}

/** Reads the overview again, by which the next step is shown. */
function useSaved(): () => Promise<void> {
  const { queries, orgId } = useSession();
  return () => queries.invalidateQueries({ queryKey: [orgId, "overview"] });
}

function SiteStep() {
  const { http, orgId } = useSession();
  const saved = useSaved();
  return (
    <Panel title={text.step.site}>
      <p>{text.siteIntro}</p>
      <Form
        action={text.next}
        onSend={async (filled) => {
          const params = { path: { org_id: orgId }, header: { "Idempotency-Key": filled.key } };
          const address = Object.fromEntries(
            ["street", "city"].map((part) => [part, filled.text(part)]).filter(([, value]) => value !== ""),
          );
          const body = { name: filled.text("name"), time_zone: filled.text("time_zone"), address };
          unwrap(await http.POST("/v1/orgs/{org_id}/sites", { params, body }));
          await saved();
        }}
      >
        <Field label={text.siteName} name="name" maxLength={256} autoComplete="off" required />
        <Field label={text.street} name="street" maxLength={500} autoComplete="street-address" />
        <Field label={text.city} name="city" maxLength={128} autoComplete="address-level2" />
        <SelectField
          label={text.timeZone}
          name="time_zone"
          defaultValue={ownTimeZone()}
          options={timeZones().map((zone) => [zone, zone] as const)}
        />
      </Form>
    </Panel>
  );
}

function AreaStep({ site }: { site: SiteView }) {
  const { http, orgId } = useSession();
  const saved = useSaved();
  return (
    <Panel title={text.step.area}>
      <p>{text.areaIntro(site.name)}</p>
      <Form
        action={text.next}
        onSend={async (filled) => {
          const params = { path: { org_id: orgId }, header: { "Idempotency-Key": filled.key } };
          const body = { site_id: site.id, name: filled.text("name") };
          unwrap(await http.POST("/v1/orgs/{org_id}/areas", { params, body }));
          await saved();
        }}
      >
        <Field label={text.areaName} name="name" maxLength={256} autoComplete="off" required />
      </Form>
    </Panel>
  );
}

const KINDS = ["fridge", "freezer", "display_case", "walk_in_cooler", "walk_in_freezer", "blast_chiller"] as const;

function UnitStep({ site, area }: { site: SiteView; area: AreaView }) {
  const { http, orgId } = useSession();
  const saved = useSaved();
  return (
    <Panel title={text.step.unit}>
      <p>{text.unitIntro(area.name, site.name)}</p>
      <Form
        action={text.next}
        onSend={async (filled) => {
          const params = { path: { org_id: orgId }, header: { "Idempotency-Key": filled.key } };
          const kind = KINDS.find((kind) => kind === filled.text("kind")) ?? "fridge";
          const body = { area_id: area.id, name: filled.text("name"), kind };
          unwrap(await http.POST("/v1/orgs/{org_id}/units", { params, body }));
          await saved();
        }}
      >
        <Field label={text.unitName} name="name" maxLength={256} autoComplete="off" required />
        <SelectField
          label={text.unitKind}
          hint={text.unitKindHint}
          name="kind"
          options={KINDS.map((kind) => [kind, strings.unitKind[kind]] as const)}
        />
      </Form>
    </Panel>
  );
}
