import { Link, Navigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { MembershipView } from "../api/types";
import { useMe, useMembership, useSession } from "../app/session";
import { Waiting } from "../app/Waiting";
import { useHeading } from "../design/Panel";
import { strings } from "../i18n/strings";
import { sectionsFor, type Section } from "./sections";
import styles from "./settings.module.css";

const text = strings.settings;

interface SettingsPageProps {
  readonly section: Section["name"];
  readonly children: (membership: MembershipView) => ReactNode;
}

/** One page of an organization's settings, with the way to the others. Whoever may not see it goes to the overview. */
export function SettingsPage({ section, children }: SettingsPageProps) {
  const { orgId, byKey } = useSession();
  const membership = useMembership();
  const isKnown = useMe() !== undefined || byKey;
  const heading = useHeading(text.section[section]);
  if (!isKnown) return <Waiting />;
  const sections = sectionsFor(membership);
  if (membership === undefined || !sections.some(({ name }) => name === section)) {
    return <Navigate to="/orgs/$orgId" params={{ orgId }} replace />;
  }
  return (
    <div className={styles.page}>
      <nav aria-label={text.title} className={styles.navigation}>
        {sections.map(({ name, to }) => (
          <Link key={name} to={to} params={{ orgId }}>
            {text.section[name]}
          </Link>
        ))}
      </nav>
      <h2 ref={heading} tabIndex={-1}>
        {text.section[section]}
      </h2>
      {children(membership)}
    </div>
  );
}
