import { expect, test } from "vitest";
import { deviceLabelOf } from "./device-label";

test.each(["A84041FFFF1C6E72", "a84041ffff1c6e72", "A8:40:41:FF:FF:1C:6E:72", "a8-40-41-ff-ff-1c-6e-72", " A84041 FFFF1C6E72 "])(
  "%s is a DevEUI",
  (text) => {
    expect(deviceLabelOf(text)).toEqual({ devEui: "A84041FFFF1C6E72" });
  },
);

test("a QR code tells the join server too", () => {
  // The example of TR005, 3.2.
  const text = "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR:CAF2C";
  expect(deviceLabelOf(text)).toEqual({ devEui: "AABBCCDDEEFF0011", joinEui: "1122334455667788" });
});

test.each(["", "A84041FFFF1C6E7", "A84041FFFF1C6E722", "G84041FFFF1C6E72", "https://example.com/A84041FFFF1C6E72", "LW:D1:1:2:3"])(
  "%j is no label of a device",
  (text) => {
    expect(deviceLabelOf(text)).toBeUndefined();
  },
);
