import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { UnitKind } from "../api/types";
import { StatusBadge, toneOfStatus } from "../design/Badge";
import { strings } from "../i18n/strings";
import { useUnit } from "../live/hooks";
import { UnitFacts } from "../unit/UnitFacts";
import styles from "./UnitCard.module.css";
import { UnitTemperature } from "../unit/UnitTemperature";

interface UnitCardProps {
  readonly orgId: string;
  readonly id: string;
  readonly name: string;
  readonly kind: UnitKind;
}

/** A unit as it is now. All of the card opens the unit's page; its name is the link. */
export const UnitCard = memo(function UnitCard({ orgId, id, name, kind }: UnitCardProps) {
  const unit = useUnit(id);
  if (unit === undefined) return null;
  const nameId = `${id}-name`;
  return (
    <article className={styles.card} data-tone={toneOfStatus(unit.status)} aria-labelledby={nameId}>
      <div className={styles.top}>
        <div>
          <h4 id={nameId}>
            <Link to="/orgs/$orgId/units/$unitId" params={{ orgId, unitId: id }}>
              {name}
            </Link>
          </h4>
          <p className={styles.kind}>{strings.unitKind[kind]}</p>
        </div>
        <StatusBadge status={unit.status} />
      </div>
      <UnitTemperature unit={unit} />
      <UnitFacts unit={unit} />
    </article>
  );
});
