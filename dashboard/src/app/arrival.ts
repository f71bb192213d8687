import { useRouter, type HistoryState } from "@tanstack/react-router";
import { useState } from "react";

/**
 * What the page was told beside its address when it was opened.
 *
 * It stays what it is while the page is shown: while another is on its way, the router tells what that one is told.
 */
export function useArrival(): HistoryState {
  const router = useRouter();
  const [state] = useState(() => router.state.location.state);
  return state;
}
