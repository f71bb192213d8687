import { useEffect, useState } from "react";

/** An organization that anybody may look at. */
export interface DemonstrationLink {
  /** The organization's name. */
  readonly name: string;
  /** Its dashboard: an address with an access in its fragment. */
  readonly href: string;
}

/** Where a system on the visitor's own machine tells what it demonstrates. Deployed systems have no such path. */
const DEMONSTRATION_PATH = "/_demo";

/** What there is to look at without a key: nothing, unless the system demonstrates something. */
export function useDemonstration(): readonly DemonstrationLink[] {
  const [links, setLinks] = useState<readonly DemonstrationLink[]>([]);
  useEffect(() => {
    const request = new AbortController();
    void demonstrationLinks(request.signal).then((found) => {
      if (!request.signal.aborted) setLinks(found);
    });
    return () => request.abort();
  }, []);
  return links;
}

async function demonstrationLinks(signal: AbortSignal): Promise<readonly DemonstrationLink[]> {
  try {
    const response = await fetch(DEMONSTRATION_PATH, { signal, headers: { Accept: "application/json" } });
    return linksOf(response.ok ? await response.json() : undefined);
  } catch {
    // A host of static files answers with a page of its own, or not at all.
    return [];
  }
}

/** The links in a reply; none if it is another reply. */
export function linksOf(reply: unknown): DemonstrationLink[] {
  return Array.isArray(reply) ? reply.filter(isLink) : [];
}

function isLink(value: unknown): value is DemonstrationLink {
  const link = value as Partial<Record<keyof DemonstrationLink, unknown>> | null;
  return typeof link?.name === "string" && typeof link.href === "string" && link.href.startsWith("/#");
}
