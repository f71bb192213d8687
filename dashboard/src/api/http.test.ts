import { afterEach, expect, test, vi } from "vitest";
import { type Credential, send } from "./http";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A credential with a successor, and a server that accepts only that: otherwise it gives `refusal`. */
async function sent(refusal: Response): Promise<{ status: number; renewed: string[] }> {
  const renewed: string[] = [];
  const credential: Credential = {
    bearer: () => Promise.resolve("old"),
    renew: (refused) => {
      renewed.push(refused);
      return Promise.resolve("new");
    },
  };
  vi.stubGlobal("fetch", (request: Request) =>
    Promise.resolve(
      request.headers.get("Authorization") === "Bearer new" ? new Response(null, { status: 204 }) : refusal.clone(),
    ),
  );
  const response = await send(new Request("https://api.example.com/v1/me"), credential);
  return { status: response.status, renewed };
}

test("renews a credential that the API does not accept", async () => {
  expect(await sent(new Response("{}", { status: 401 }))).toEqual({ status: 204, renewed: ["old"] });
});

test("renews a credential that the gateway does not let in", async () => {
  const forbidden = new Response('{"message":"Forbidden"}', {
    status: 403,
    headers: { "Content-Type": "application/json" },
  });
  expect(await sent(forbidden)).toEqual({ status: 204, renewed: ["old"] });
});

test("keeps a credential that lacks a right", async () => {
  const problem = new Response('{"code":"forbidden"}', {
    status: 403,
    headers: { "Content-Type": "application/problem+json" },
  });
  expect(await sent(problem)).toEqual({ status: 403, renewed: [] });
});
