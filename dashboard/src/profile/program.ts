/** What a browser calls itself, in the order in which to look: all of them also claim to be others. */
const PROGRAMS = [
  ["Edg", "Edge"],
  ["OPR", "Opera"],
  ["Firefox", "Firefox"],
  ["Chrome", "Chrome"],
  ["Safari", "Safari"],
] as const;

const SYSTEMS = [
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Android", "Android"],
  ["Windows", "Windows"],
  ["Mac OS X", "macOS"],
  ["CrOS", "ChromeOS"],
  ["Linux", "Linux"],
] as const;

/** A browser and its system as people know them; empty where the `User-Agent` does not tell. */
export function programOf(userAgent: string): { readonly program: string; readonly system: string } {
  const name = (known: readonly (readonly [string, string])[]) =>
    known.find(([mark]) => userAgent.includes(mark))?.[1] ?? "";
  return { program: name(PROGRAMS), system: name(SYSTEMS) };
}
