import { useState } from "react";
import { check, unwrap } from "../api/http";
import type { Me } from "../api/types";
import { meQuery, useBackend } from "../app/backend";
import { CodeField } from "../auth/CodeField";
import { Button } from "../design/Button";
import { Confirm } from "../design/Confirm";
import { CopyButton } from "../design/CopyButton";
import { Field, Form, PasswordField } from "../design/Form";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { QrCode } from "../design/QrCode";
import { strings } from "../i18n/strings";
import styles from "./profile.module.css";

const text = strings.secondFactor;

/** With fewer recovery codes than this it is time to make new ones. */
const FEW_CODES = 3;

interface Enrolment {
  readonly secret: string;
  readonly uri: string;
}

/** The second factor: turned on with an authenticator app, and off again; and the codes for when that is lost. */
export function SecondFactor({ user }: { user: Me["user"] }) {
  const backend = useBackend();
  const { person, queries } = backend;
  const [enrolment, setEnrolment] = useState<Enrolment>();
  // Shown once: they are nowhere but on this page, until it is left.
  const [codes, setCodes] = useState<readonly string[]>();

  const show = async (shown: readonly string[]): Promise<void> => {
    setCodes(shown);
    setEnrolment(undefined);
    await queries.invalidateQueries(meQuery(backend));
  };

  if (codes !== undefined) return <RecoveryCodes codes={codes} onKept={() => setCodes(undefined)} />;
  if (enrolment !== undefined) {
    return <Enrol enrolment={enrolment} onOn={show} onCancel={() => setEnrolment(undefined)} />;
  }
  return (
    <Panel title={text.title}>
      {user.second_factor ? (
        <>
          <Notice tone={user.recovery_codes_left < FEW_CODES ? "watch" : "ok"}>
            <p>{text.on(user.recovery_codes_left)}</p>
            {user.recovery_codes_left < FEW_CODES && <p>{text.fewLeft}</p>}
          </Notice>
          <div className={styles.actions}>
            <Confirm
              label={text.renew}
              title={text.renew}
              tone="primary"
              onConfirm={async (filled) => {
                const sent = { body: { code: filled.text("code") }, params: { header: { "Idempotency-Key": filled.key } } };
                await show(unwrap(await person.POST("/v1/me/totp/recovery-codes", sent)).codes);
              }}
            >
              <p>{text.renewText}</p>
              <CodeField label={text.code} />
            </Confirm>
            <Confirm
              label={text.turnOff}
              title={`${text.turnOff}?`}
              onConfirm={async (filled) => {
                const body = { password: filled.verbatim("password"), code: filled.text("code") };
                check(await person.POST("/v1/me/totp/disable", { body }));
                await queries.invalidateQueries(meQuery(backend));
              }}
            >
              <p>{text.turnOffText}</p>
              <PasswordField label={strings.person.password} name="password" autoComplete="current-password" />
              <Field label={text.codeOrRecovery} name="code" autoComplete="one-time-code" required />
            </Confirm>
          </div>
        </>
      ) : (
        <>
          <p>{text.off}</p>
          <Form
            action={text.turnOn}
            onSend={async () => setEnrolment(unwrap(await person.POST("/v1/me/totp")))}
          >
            {null}
          </Form>
        </>
      )}
    </Panel>
  );
}

interface EnrolProps {
  readonly enrolment: Enrolment;
  readonly onOn: (codes: readonly string[]) => Promise<void>;
  readonly onCancel: () => void;
}

function Enrol({ enrolment, onOn, onCancel }: EnrolProps) {
  const { person } = useBackend();
  return (
    <Panel title={text.title}>
      <p>{text.scan}</p>
      <QrCode text={enrolment.uri} label={text.qr} />
      <p>{text.type}</p>
      <p>
        <code className={styles.code}>{enrolment.secret.replace(/.{4}(?=.)/g, "$& ")}</code>
      </p>
      <div className={styles.actions}>
        <CopyButton text={enrolment.secret} label={text.copySecret} />
      </div>
      <p>{text.confirm}</p>
      <Form
        action={text.confirmAction}
        beside={<Button onClick={onCancel}>{strings.cancel}</Button>}
        onSend={async (filled) => {
          const sent = { body: { code: filled.text("code") }, params: { header: { "Idempotency-Key": filled.key } } };
          await onOn(unwrap(await person.POST("/v1/me/totp/confirm", sent)).codes);
        }}
      >
        <CodeField label={text.code} />
      </Form>
    </Panel>
  );
}

function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const all = `${codes.join("\n")}\n`;
  return (
    <Panel title={text.codesTitle}>
      <p>{text.codesText}</p>
      <ul className={styles.codes} aria-label={text.codesTitle}>
        {codes.map((code) => (
          <li key={code}>
            <code className={styles.code}>{code}</code>
          </li>
        ))}
      </ul>
      <div className={styles.actions}>
        <CopyButton text={all} label={text.copyCodes} />
        <a
          className={styles.download}
          download={text.codesFile}
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(all)}`}
        >
          {text.downloadCodes}
        </a>
        <Button tone="primary" onClick={onKept}>
          {text.kept}
        </Button>
      </div>
    </Panel>
  );
}
