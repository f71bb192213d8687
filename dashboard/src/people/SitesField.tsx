import { useState } from "react";
import type { SiteView, Sites } from "../api/types";
import { Choices, type FieldErrors, type Filled } from "../design/Form";
import { strings } from "../i18n/strings";

const text = strings.people;

/** The names of the fields, as a filled-in form has them. */
const SCOPE = "scope";
const SITE = "site";

interface SitesFieldProps {
  readonly legend?: string;
  /** The sites there are to choose. */
  readonly sites: readonly SiteView[];
  /** Whether all of them, with those that are still to come, may be chosen. */
  readonly mayBeAll: boolean;
  readonly chosen: Sites;
}

/** Which sites somebody works for. */
export function SitesField({ legend = text.sites, sites, mayBeAll, chosen }: SitesFieldProps) {
  const [scope, setScope] = useState(chosen === "all" && mayBeAll ? "all" : "only");
  return (
    <>
      {mayBeAll && (
        <Choices
          legend={legend}
          name={SCOPE}
          type="radio"
          options={[
            ["all", text.allSites],
            ["only", text.someSites],
          ]}
          chosen={[scope]}
          onChange={setScope}
        />
      )}
      {scope === "only" && (
        <Choices
          legend={mayBeAll ? text.someSites : legend}
          name={SITE}
          type="checkbox"
          options={sites.map(({ id, name }) => [id, name] as const)}
          chosen={chosen === "all" ? [] : chosen.only}
        />
      )}
    </>
  );
}

/** The sites that were chosen. */
export function chosenSites(filled: Filled): Sites {
  return filled.text(SCOPE) === "all" ? "all" : { only: filled.all(SITE) };
}

/** Nobody works for no site at all. */
export function checkSites(filled: Filled): FieldErrors {
  const sites = chosenSites(filled);
  return sites !== "all" && sites.only.length === 0 ? { [SITE]: text.noSites } : {};
}

/** The sites in words. */
export function describeSites(chosen: Sites, sites: readonly SiteView[]): string {
  if (chosen === "all") return text.allSites;
  const names = chosen.only.flatMap((id) => sites.find((site) => site.id === id)?.name ?? []);
  return new Intl.ListFormat(strings.locale).format(names);
}
