import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const system = process.env.FRESHTRACK_URL ?? "http://127.0.0.1:8787";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    manifest: true,
    // Nothing is inlined, so that the page runs under a content security policy without exceptions.
    assetsInlineLimit: 0,
  },
  server: {
    // `npm run dev` beside a running system: the page from here, the data from there.
    proxy: { "/v1": system, "/_demo": system },
  },
  test: {
    projects: [
      { test: { name: "unit", include: ["src/**/*.test.ts"] } },
      {
        test: {
          name: "browser",
          include: ["e2e/**/*.spec.ts"],
          // Far more than any of it takes: on a busy machine a test is slow before it is wrong.
          testTimeout: 240_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000 } },
          // A browser stumbles now and then by itself. What passes only the second time is told as such.
          retry: 1,
        },
      },
    ],
  },
});
