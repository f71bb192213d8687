import { useState } from "react";
import type { Cluster, FrequencyPlan, Server, ThingsStackAddress } from "../api/types";
import { Choices, Field, SelectField, type Filled } from "../design/Form";
import { strings } from "../i18n/strings";
import { regionOf } from "./region";

const text = strings.networks;

/** A kind of network server. */
export type ServerKind = Server["kind"];

const CLUSTERS = ["eu1", "nam1", "au1"] as const satisfies readonly Cluster[];

const PLANS = [
  "EU_863_870_TTN",
  "EU_863_870",
  "US_902_928_FSB_1",
  "US_902_928_FSB_2",
  "US_902_928_FSB_3",
  "US_902_928_FSB_4",
  "US_902_928_FSB_5",
  "US_902_928_FSB_6",
  "US_902_928_FSB_7",
  "US_902_928_FSB_8",
  "AU_915_928_FSB_1",
  "AU_915_928_FSB_2",
  "AS_923",
  "AS_923_2",
  "KR_920_923_TTN",
  "IN_865_867",
] as const satisfies readonly FrequencyPlan[];

const HOSTINGS = ["sandbox", "cloud", "own"] as const;

/** Identifiers of The Things Stack, and UUIDs, as the fields that ask for them demand. */
const THINGS_STACK_ID = { pattern: "\\s*[a-z0-9](-?[a-z0-9]){2,35}\\s*", title: text.thingsStackId };
const UUID = { pattern: "\\s*[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\\s*", title: text.uuid };
const ADDRESS = { inputMode: "url", pattern: "\\s*https?://.+", title: text.address } as const;
const EXACT = { autoCapitalize: "none", autoComplete: "off", spellCheck: false, required: true } as const;

/** Which Things Stack, and where in it. */
export function ThingsStackFields({ timeZone }: { timeZone: string }) {
  const { cluster, plan } = regionOf(timeZone);
  const [hosting, setHosting] = useState("sandbox");
  return (
    <>
      <Choices
        legend={text.hosting}
        name="hosting"
        type="radio"
        options={HOSTINGS.map((hosting) => [hosting, text.hostedBy[hosting]] as const)}
        chosen={[hosting]}
        onChange={setHosting}
      />
      {hosting === "own" ? (
        <Field label={text.baseUrl} name="base_url" {...EXACT} {...ADDRESS} />
      ) : (
        <SelectField
          label={text.cluster}
          name="cluster"
          defaultValue={cluster}
          options={CLUSTERS.map((cluster) => [cluster, text.clusterOf[cluster]] as const)}
        />
      )}
      {hosting === "cloud" && <Field label={text.tenant} name="tenant" {...EXACT} {...THINGS_STACK_ID} />}
      <Field label={text.application} name="application_id" {...EXACT} {...THINGS_STACK_ID} />
      <SelectField
        label={text.plan}
        hint={text.planHint}
        name="plan"
        defaultValue={plan}
        options={PLANS.map((plan) => [plan, plan] as const)}
      />
    </>
  );
}

/** Which ChirpStack, and where in it. */
export function ChirpstackFields() {
  return (
    <>
      <Field label={text.restUrl} hint={text.restUrlHint} name="base_url" {...EXACT} {...ADDRESS} />
      <Field label={text.tenantId} name="tenant_id" {...EXACT} {...UUID} />
      <Field label={text.applicationId} name="application_id" {...EXACT} {...UUID} />
      <Field label={text.profileId} hint={text.profileHint} name="device_profile_id" {...EXACT} {...UUID} />
    </>
  );
}

/** The server that was filled in. */
export function serverOf(kind: ServerKind, filled: Filled): Server {
  if (kind === "chirpstack") {
    return {
      kind,
      base_url: filled.text("base_url"),
      tenant_id: filled.text("tenant_id"),
      application_id: filled.text("application_id"),
      device_profile_id: filled.text("device_profile_id"),
    };
  }
  return {
    kind,
    address: addressOf(filled),
    application_id: filled.text("application_id"),
    frequency_plan: PLANS.find((plan) => plan === filled.text("plan")) ?? "US_902_928_FSB_2",
  };
}

function addressOf(filled: Filled): ThingsStackAddress {
  const hosting = filled.text("hosting");
  if (hosting === "own") return { base_url: filled.text("base_url") };
  const cluster = CLUSTERS.find((cluster) => cluster === filled.text("cluster")) ?? "nam1";
  return hosting === "cloud" ? { cloud: { tenant: filled.text("tenant"), cluster } } : { sandbox: cluster };
}
