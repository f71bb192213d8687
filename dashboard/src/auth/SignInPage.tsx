import { Link, useRouter, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { forgetAccess } from "../api/access";
import { ApiError, unwrap } from "../api/http";
import type { Tokens } from "../api/types";
import { useArrival } from "../app/arrival";
import { useBackend } from "../app/backend";
import { useDemonstration } from "../app/demonstration";
import { Button } from "../design/Button";
import { Field, Form, PasswordField } from "../design/Form";
import { Notice } from "../design/Notice";
import { Panel, PanelPage } from "../design/Panel";
import { strings } from "../i18n/strings";
import styles from "./auth.module.css";
import { CodeField } from "./CodeField";

const text = strings.signIn;

/** Signing in: by password, then by a code for whoever has a second factor. */
export function SignInPage() {
  const { session } = useBackend();
  const router = useRouter();
  const { next } = useSearch({ from: "/sign-in" });
  const [challenge, setChallenge] = useState<string>();
  const [tooLate, setTooLate] = useState<string>();

  const enter = async (tokens: Tokens): Promise<void> => {
    // From here on the tab is the person's, and no longer that of a key.
    forgetAccess();
    await session.begin(tokens);
    router.history.replace(next ?? "/");
  };

  if (challenge !== undefined) {
    return (
      <SecondStep
        challenge={challenge}
        onEnter={enter}
        onOver={(why) => {
          setTooLate(why);
          setChallenge(undefined);
        }}
      />
    );
  }
  return <FirstStep notice={tooLate} next={next} onEnter={enter} onChallenge={setChallenge} />;
}

interface FirstStepProps {
  readonly notice: string | undefined;
  readonly next: string | undefined;
  readonly onEnter: (tokens: Tokens) => Promise<void>;
  readonly onChallenge: (challenge: string) => void;
}

function FirstStep({ notice, next, onEnter, onChallenge }: FirstStepProps) {
  const { anyone } = useBackend();
  const { notice: arrival, email } = useArrival();
  return (
    <PanelPage title={text.title}>
      {notice !== undefined && <Notice tone="watch">{notice}</Notice>}
      {notice === undefined && arrival !== undefined && <Notice tone="ok">{strings.arrival[arrival]}</Notice>}
      <Form
        action={text.action}
        beside={<Link to="/forgot-password">{text.forgot}</Link>}
        onSend={async (filled) => {
          const body = { email: filled.text("email"), password: filled.verbatim("password") };
          const reply = unwrap(await anyone.POST("/v1/identity/sign-in", { body }));
          if ("challenge" in reply) onChallenge(reply.challenge);
          else await onEnter(reply);
        }}
      >
        <Field
          label={strings.person.email}
          name="email"
          type="email"
          autoComplete="username"
          defaultValue={email}
          required
        />
        <PasswordField label={strings.person.password} name="password" autoComplete="current-password" />
      </Form>
      <p>
        {text.stranger} <Link to="/sign-up">{strings.signUp.title}</Link>
      </p>
      {next === undefined && (
        <p>
          {text.wallDisplay} <Link to="/access">{strings.access.title}</Link>
        </p>
      )}
      <Demonstration />
    </PanelPage>
  );
}

interface SecondStepProps {
  readonly challenge: string;
  readonly onEnter: (tokens: Tokens) => Promise<void>;
  /** The sign-in has to begin again. */
  readonly onOver: (why: string) => void;
}

function SecondStep({ challenge, onEnter, onOver }: SecondStepProps) {
  const { anyone } = useBackend();
  const [recovering, setRecovering] = useState(false);
  return (
    <PanelPage title={recovering ? text.recoveryTitle : text.codeTitle}>
      <p>{recovering ? text.recoveryIntro : text.codeIntro}</p>
      <Form
        // Another kind of code is another form: what was wrong with the one is not wrong with the other.
        key={String(recovering)}
        action={text.action}
        beside={
          <Button onClick={() => setRecovering(!recovering)}>{recovering ? text.useCode : text.useRecovery}</Button>
        }
        onSend={async (filled) => {
          const body = { challenge, code: filled.text("code") };
          try {
            await onEnter(unwrap(await anyone.POST("/v1/identity/sign-in/second-step", { body })));
          } catch (error) {
            // A wrong code can be typed again; a sign-in that is over cannot.
            const isOver = error instanceof ApiError && error.status === 401 && error.field === undefined;
            if (!isOver) throw error;
            onOver(error.message);
          }
        }}
      >
        {recovering ? (
          <Field label={text.recoveryCode} name="code" autoComplete="off" autoCapitalize="none" spellCheck={false} required />
        ) : (
          <CodeField label={text.code} />
        )}
      </Form>
    </PanelPage>
  );
}

function Demonstration() {
  const links = useDemonstration();
  if (links.length === 0) return null;
  return (
    <Panel title={strings.demonstration.title}>
      <p>{strings.demonstration.intro}</p>
      <ul className={styles.demonstration}>
        {links.map(({ name, href }) => (
          <li key={href}>
            <a href={href}>{strings.demonstration.open(name)}</a>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
