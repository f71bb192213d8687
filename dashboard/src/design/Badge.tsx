import type { Severity, UnitStatus } from "../api/types";
import { strings } from "../i18n/strings";
import styles from "./Badge.module.css";
import { Icon, type IconName } from "./Icon";

/** What a colour stands for. */
export type Tone = "ok" | "watch" | "alarm" | "recovering" | "neutral";

/** A picture, a word and a colour that say the same. */
export function Badge({ tone, icon, children }: { tone: Tone; icon: IconName; children: string }) {
  return (
    <span className={styles.badge} data-tone={tone}>
      <Icon name={icon} />
      {children}
    </span>
  );
}

const OF_STATUS: Record<UnitStatus, [Tone, IconName]> = {
  ok: ["ok", "check"],
  excursion: ["watch", "watch"],
  alarm_active: ["alarm", "alarm"],
  restoring: ["recovering", "recovering"],
  pending: ["neutral", "pending"],
  offline: ["neutral", "offline"],
  monitoring_interrupted: ["watch", "offline"],
  manual_required: ["watch", "log"],
};

export function toneOfStatus(status: UnitStatus): Tone {
  return OF_STATUS[status][0];
}

export function StatusBadge({ status }: { status: UnitStatus }) {
  const [tone, icon] = OF_STATUS[status];
  return (
    <Badge tone={tone} icon={icon}>
      {strings.status[status]}
    </Badge>
  );
}

const OF_SEVERITY: Record<Severity, [Tone, IconName]> = {
  emergency: ["alarm", "alarm"],
  critical: ["alarm", "alarm"],
  warning: ["watch", "watch"],
  info: ["neutral", "watch"],
};

export function SeverityBadge({ severity }: { severity: Severity }) {
  const [tone, icon] = OF_SEVERITY[severity];
  return (
    <Badge tone={tone} icon={icon}>
      {strings.severity[severity]}
    </Badge>
  );
}
