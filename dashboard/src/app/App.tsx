import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { initialTemperatureUnit, keepTemperatureUnit, TemperatureUnitProvider } from "../design/temperature-unit";
import { BackendProvider, type Backend } from "./backend";
import type { AppRouter } from "./router";

interface AppProps {
  readonly backend: Backend;
  readonly router: AppRouter;
}

/** The whole app. */
export function App({ backend, router }: AppProps) {
  const [unit, setUnit] = useState(initialTemperatureUnit);

  useEffect(
    () =>
      backend.session.subscribe(() => {
        // Nothing that one person has read is shown to another.
        backend.queries.clear();
        // Each page's own rules decide whether it can still be shown.
        void router.invalidate();
      }),
    [backend, router],
  );

  return (
    <BackendProvider value={backend}>
      <QueryClientProvider client={backend.queries}>
        <TemperatureUnitProvider
          value={{
            unit,
            choose: (chosen) => {
              keepTemperatureUnit(chosen);
              setUnit(chosen);
            },
          }}
        >
          <RouterProvider router={router} />
        </TemperatureUnitProvider>
      </QueryClientProvider>
    </BackendProvider>
  );
}
