import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { unwrap } from "../api/http";
import type { UnitView } from "../api/types";
import { useSession } from "../app/session";
import { Waiting } from "../app/Waiting";
import { Button } from "../design/Button";
import { Field, Form, SelectField, type FieldErrors, type Filled } from "../design/Form";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import { AppKeyField } from "../networks/RootKeyFields";
import { deviceLabelOf } from "./device-label";
import { modelsQuery } from "./queries";
import { Scanner } from "./Scanner";

const text = strings.setup;

/** The sensor that measures the first unit. It can be left for later: the unit can be logged by hand meanwhile. */
export function SensorStep({ unit }: { unit: UnitView }) {
  const session = useSession();
  const { http, orgId, queries } = session;
  const models = useQuery(modelsQuery(session));
  const labelField = useRef<HTMLInputElement>(null);
  return (
    <Panel title={text.step.sensor}>
      <p>{text.sensorIntro(unit.name)}</p>
      {models.isPending && <Waiting />}
      {models.isError && (
        <Notice tone="watch">
          <p>{explain(models.error)}</p>
          <Button onClick={() => void models.refetch()}>{strings.retry}</Button>
        </Notice>
      )}
      {models.data !== undefined && (
        <Form
          action={text.next}
          beside={
            <Link to="/orgs/$orgId" params={{ orgId }}>
              {text.later}
            </Link>
          }
          check={checkLabel}
          onSend={async (filled) => {
            const label = deviceLabelOf(filled.text("dev_eui"));
            if (label === undefined) return;
            const body = {
              dev_eui: label.devEui,
              ...(label.joinEui === undefined ? {} : { join_eui: label.joinEui }),
              ...(filled.text("app_key") === "" ? {} : { app_key: filled.text("app_key") }),
              model: filled.text("model"),
              unit_id: unit.id,
            };
            const params = { path: { org_id: orgId }, header: { "Idempotency-Key": filled.key } };
            unwrap(await http.POST("/v1/orgs/{org_id}/sensors", { params, body }));
            await queries.invalidateQueries({ queryKey: [orgId, "sensors"] });
          }}
        >
          <Scanner
            onLabel={(scanned) => {
              if (labelField.current === null) return;
              labelField.current.value = scanned;
              labelField.current.focus();
            }}
          />
          <Field
            ref={labelField}
            label={text.devEui}
            hint={text.devEuiHint}
            name="dev_eui"
            autoCapitalize="characters"
            autoComplete="off"
            spellCheck={false}
            required
          />
          <AppKeyField optional />
          <SelectField
            label={text.model}
            name="model"
            required
            options={[
              // None is chosen by accident: a frame read by the rules of another model is wrong without a sign of it.
              ["", text.chooseModel],
              ...models.data.map(({ slug, vendor, name }) => [slug, `${vendor} ${name}`] as const),
            ]}
          />
        </Form>
      )}
    </Panel>
  );
}

function checkLabel(filled: Filled): FieldErrors {
  return deviceLabelOf(filled.text("dev_eui")) === undefined ? { dev_eui: text.noDevEui } : {};
}
