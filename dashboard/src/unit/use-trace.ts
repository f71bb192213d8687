import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { UnitSnapshot } from "../api/types";
import { seriesQuery, useSession } from "../app/session";
import { serverNow } from "../live/time";
import { mergePoints, pointOfSnapshot, pointsOfSeries, type Point } from "./points";

/** A unit's last 24 hours, growing as readings come in. */
export interface Trace {
  readonly points: readonly Point[];
  readonly state: "loading" | "failed" | "ready";
  readonly retry: () => void;
}

export function useTrace(unitId: string): Trace {
  const session = useSession();
  const { store } = session;
  const history = useQuery(seriesQuery(session, unitId));
  const [live, setLive] = useState<readonly Point[]>(() => newest(store.unit(unitId)));

  useEffect(
    () =>
      store.subscribeUnit(unitId, () => {
        const next = newest(store.unit(unitId));
        setLive((points) => mergePoints(points, next, serverNow()));
      }),
    [store, unitId],
  );

  const points = useMemo(
    () => mergePoints(history.data === undefined ? [] : pointsOfSeries(history.data), live, serverNow()),
    [history.data, live],
  );
  return {
    points,
    state: history.data !== undefined ? "ready" : history.isError ? "failed" : "loading",
    retry: () => void history.refetch(),
  };
}

function newest(unit: UnitSnapshot | undefined): Point[] {
  const point = unit && pointOfSnapshot(unit);
  return point === undefined ? [] : [point];
}
