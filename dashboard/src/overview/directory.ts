import { createContext, use } from "react";
import type { Overview, UnitView } from "../api/types";

/** A unit with the names of where it is. */
export interface Place {
  readonly unit: UnitView;
  readonly areaName: string;
  readonly siteName: string;
  /** The site's IANA time zone. */
  readonly timeZone: string;
}

/** Every unit of an overview by its identifier. */
export type Directory = ReadonlyMap<string, Place>;

export function directoryOf(overview: Overview | undefined): Directory {
  const places = new Map<string, Place>();
  for (const site of overview?.sites ?? []) {
    for (const area of site.areas) {
      for (const unit of area.units) {
        places.set(unit.id, { unit, areaName: area.name, siteName: site.name, timeZone: site.time_zone });
      }
    }
  }
  return places;
}

const DirectoryContext = createContext<Directory>(new Map());

export const DirectoryProvider = DirectoryContext.Provider;

export function useDirectory(): Directory {
  return use(DirectoryContext);
}
