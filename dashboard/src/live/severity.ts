import type { AlertView, Severity, UnitSnapshot, UnitStatus } from "../api/types";

const STATUS_RANK: Record<UnitStatus, number> = {
  alarm_active: 7,
  excursion: 6,
  manual_required: 5,
  monitoring_interrupted: 4,
  offline: 3,
  restoring: 2,
  pending: 1,
  ok: 0,
};

const SEVERITY_RANK: Record<Severity, number> = { emergency: 4, critical: 3, warning: 2, info: 1 };

/** How much a unit needs a person; the higher the sooner. Status first, then the worst severity among its alerts. */
export function urgency(unit: UnitSnapshot): number {
  return STATUS_RANK[unit.status] * 10 + (unit.severity ? SEVERITY_RANK[unit.severity] : 0);
}

/** Orders alerts: the most severe first, then the newest. */
export function byUrgency(a: AlertView, b: AlertView): number {
  return SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity] || Date.parse(b.opened_at) - Date.parse(a.opened_at);
}

/** Whether `next` may replace `known`. An alert opens, becomes worse and ends; it never goes back. */
export function supersedes(next: AlertView, known: AlertView): boolean {
  if (known.status === "resolved") return next.status === "resolved";
  return next.status === "resolved" || SEVERITY_RANK[next.severity] >= SEVERITY_RANK[known.severity];
}
