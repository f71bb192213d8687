import { useState, type FormEvent } from "react";
import { validAccess, type Access } from "../api/access";
import { strings } from "../i18n/strings";
import styles from "./AccessForm.module.css";
import { useDemonstration } from "./demonstration";

/** Asks for an organization and an access key, and shows where to look around without. */
export function AccessForm({ notice, onOpen }: { notice: string | undefined; onOpen: (access: Access) => void }) {
  const [problem, setProblem] = useState(notice);

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const access = validAccess(String(fields.get("org")), String(fields.get("key")));
    if (access === undefined) setProblem(strings.access.invalid);
    else onOpen(access);
  };

  return (
    <main className={styles.page}>
      <form className={styles.form} onSubmit={submit} aria-labelledby="access-title">
        <h1 id="access-title">{strings.access.title}</h1>
        <p>{strings.access.intro}</p>
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
        <label>
          {strings.access.organization}
          <input name="org" required autoComplete="organization" spellCheck={false} autoCapitalize="none" />
        </label>
        <label>
          {strings.access.key}
          <input name="key" type="password" required autoComplete="off" spellCheck={false} />
        </label>
        <button type="submit">{strings.access.open}</button>
      </form>
      <Demonstration />
    </main>
  );
}

function Demonstration() {
  const links = useDemonstration();
  if (links.length === 0) return null;
  return (
    <section className={styles.demonstration} aria-labelledby="demonstration-title">
      <h2 id="demonstration-title">{strings.demonstration.title}</h2>
      <p>{strings.demonstration.intro}</p>
      <ul>
        {links.map(({ name, href }) => (
          <li key={href}>
            <a href={href}>{strings.demonstration.open(name)}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
