import { expect, test } from "vitest";
import { accessFromFragment, validAccess } from "./access";

test("a fragment names an organization and a key", () => {
  expect(accessFromFragment("#org=org_01JD&key=ftk_abcdefgh_x")).toEqual({ orgId: "org_01JD", key: "ftk_abcdefgh_x" });
});

test.each(["", "#", "#unit=unt_1", "#org=org_1", "#key=ftk_x", "#org=sit_1&key=ftk_x", "#org=org_1/../x&key=ftk_x"])(
  "the fragment %j gives no access",
  (fragment) => {
    expect(accessFromFragment(fragment)).toBeUndefined();
  },
);

test("spaces that came with a copied key do not matter", () => {
  expect(validAccess(" org_1 ", "ftk_x\n")).toEqual({ orgId: "org_1", key: "ftk_x" });
});
