import { useNavigate } from "@tanstack/react-router";
import { check } from "../api/http";
import { useBackend } from "../app/backend";
import { Confirm } from "../design/Confirm";
import { Panel } from "../design/Panel";
import { checkTyped, TypeToConfirm } from "../design/TypeToConfirm";
import { strings } from "../i18n/strings";
import styles from "./profile.module.css";

const text = strings.deleteAccount;

/** The end of an account. Whoever is the only owner of an organization with others in it is told so, and stays. */
export function DeleteAccount({ email }: { email: string }) {
  const { person, session } = useBackend();
  const navigate = useNavigate();
  return (
    <Panel title={text.title}>
      <p>{text.intro}</p>
      <div>
        <Confirm
          label={text.action}
          title={text.confirmTitle}
          check={checkTyped(email)}
          onConfirm={async () => {
            check(await person.DELETE("/v1/me"));
            await navigate({ to: "/sign-in", state: { notice: "accountDeleted" } });
            session.end();
          }}
        >
          <ul className={styles.consequences}>
            {text.consequences.map((consequence) => (
              <li key={consequence}>{consequence}</li>
            ))}
          </ul>
          <TypeToConfirm expected={email} />
        </Confirm>
      </div>
    </Panel>
  );
}
