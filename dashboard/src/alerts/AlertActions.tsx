import { useState } from "react";
import { unwrap } from "../api/http";
import type { AlertView } from "../api/types";
import { useMembership, useSession } from "../app/session";
import { Button } from "../design/Button";
import { Confirm } from "../design/Confirm";
import { Choices, Field } from "../design/Form";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import { serverNow } from "../live/time";
import styles from "./AlertStrip.module.css";

const text = strings.alerts;

/** What whoever looks may do about an alert: see it, let it wait, say what became of it. */
export function AlertActions({ alert, unitName }: { alert: AlertView; unitName: string }) {
  const { http, orgId, store } = useSession();
  const rights = useMembership()?.rights ?? [];
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const params = { path: { org_id: orgId, alert_id: alert.id } };
  const isOpen = alert.status === "open";
  const handling = alert.handling?.status ?? "open";
  const maySee = rights.includes("acknowledge_alerts");
  const acknowledge = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      store.tell(unwrap(await http.POST("/v1/orgs/{org_id}/alerts/{alert_id}/acknowledge", { params, body: {} })));
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <div className={styles.actions}>
        {maySee && handling === "open" && (
          <Button busy={busy} onClick={() => void acknowledge()}>
            {isOpen ? text.acknowledge : text.sign}
            <span className="visually-hidden"> {unitName}</span>
          </Button>
        )}
        {maySee && isOpen && handling !== "resolved" && (
          <Confirm
            label={text.snooze}
            of={unitName}
            title={text.snoozeTitle}
            tone="primary"
            onConfirm={async (filled) => {
              const until = new Date(serverNow() + Number(filled.text("minutes")) * 60_000).toISOString();
              const snoozed = await http.POST("/v1/orgs/{org_id}/alerts/{alert_id}/snooze", { params, body: { until } });
              store.tell(unwrap(snoozed));
            }}
          >
            <p>{text.snoozeText}</p>
            <Choices legend={text.snoozeFor} name="minutes" type="radio" options={text.snoozeMinutes} chosen={["30"]} />
          </Confirm>
        )}
        {rights.includes("resolve_alerts") && handling !== "resolved" && (
          <Confirm
            label={text.resolve}
            of={unitName}
            title={text.resolveTitle}
            tone="primary"
            onConfirm={async (filled) => {
              const action = filled.text("corrective_action");
              const body = { text: filled.text("text"), ...(action === "" ? {} : { corrective_action: action }) };
              const resolved = await http.POST("/v1/orgs/{org_id}/alerts/{alert_id}/resolve", { params, body });
              store.tell(unwrap(resolved));
            }}
          >
            <Field label={text.resolveText} name="text" required maxLength={2000} />
            <Field label={text.resolveAction} name="corrective_action" hint={text.resolveActionHint} maxLength={2000} />
          </Confirm>
        )}
      </div>
      <p role="alert">{problem}</p>
    </>
  );
}
