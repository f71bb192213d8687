import { expect, test } from "vitest";
import { linksOf } from "./demonstration";

const link = { name: "Harvest & Hearth", href: "/#org=org_1&key=ftk_1" };

test("a demonstration is what the system lists", () => {
  expect(linksOf([link])).toEqual([link]);
});

test.each([
  [undefined],
  [null],
  [{}],
  ["<!doctype html>"],
  [[null, 1, "x", {}]],
  [[{ name: "Elsewhere", href: "https://example.com/#org=org_1&key=ftk_1" }]],
  [[{ name: "Script", href: "javascript:alert(1)" }]],
])("%j is none", (reply) => {
  expect(linksOf(reply)).toEqual([]);
});
