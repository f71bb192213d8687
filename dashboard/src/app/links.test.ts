import { expect, test } from "vitest";
import { linkOfFragment } from "./links";

test("links of mails lead to their pages", () => {
  expect(linkOfFragment("#verify-email=abc")).toEqual({ kind: "mail", to: "/verify-email", token: "abc" });
  expect(linkOfFragment("reset-password=abc")).toEqual({ kind: "mail", to: "/reset-password", token: "abc" });
  expect(linkOfFragment("#accept-invitation=abc")).toEqual({ kind: "mail", to: "/invitation", token: "abc" });
});

test("an access key leads to its organization", () => {
  expect(linkOfFragment("#org=org_1&key=ftk_2")).toEqual({ kind: "access", access: { orgId: "org_1", key: "ftk_2" } });
});

test("other fragments ask for nothing", () => {
  for (const fragment of ["", "#", "#verify-email=", "#content", "#org=org_1", "#verify-email"]) {
    expect(linkOfFragment(fragment)).toBeUndefined();
  }
});
