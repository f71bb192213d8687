const PATHS = {
  check: "M5 12.5l4.5 4.5L19 7.5",
  alarm: "M12 4l9 16H3L12 4zm0 6v5m0 2.5v.01",
  watch: "M12 7v6m0 3.5v.01M12 3a9 9 0 100 18 9 9 0 000-18z",
  recovering: "M4 12a8 8 0 018-8 8 8 0 016.5 3.3M20 12a8 8 0 01-8 8 8 8 0 01-6.5-3.3M19 3v5h-5M5 21v-5h5",
  pending: "M6 12h.01M12 12h.01M18 12h.01",
  humidity: "M12 3c4 5 6 8 6 11a6 6 0 01-12 0c0-3 2-6 6-11z",
  battery: "M3 8h15v8H3zM21 11v2M6 11v2",
  doorOpen: "M4 21h16M6 21V4l8 2v15M14 6h4v15M11 13v.01",
  doorClosed: "M4 21h16M6 21V3h12v18M15 12v.01",
  clock: "M12 7v5l3 2M12 3a9 9 0 100 18 9 9 0 000-18z",
  live: "M5 12a10 10 0 0114 0M8 15a6 6 0 018 0M12 18.5v.01",
  offline: "M4 4l16 16M8 15a6 6 0 014-1.6M5 12a10 10 0 014-2.5M12 18.5v.01M14 9.3a10 10 0 015 2.7",
  log: "M9 4h6v3H9zM9 5H5v16h14V5h-4M9 12h6M9 16h4",
  back: "M14 6l-6 6 6 6",
  down: "M6 10l6 6 6-6",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside a word; never without one. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      width="1.15em"
      height="1.15em"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ flex: "none" }}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
