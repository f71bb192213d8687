import { describe, expect, test } from "vitest";
import { strengthOf } from "./strength";

describe("the strength of a password", () => {
  test.each(["", "short", "123456789", "ünïcödé"])("is that it is too short: %j", (password) => {
    expect(strengthOf(password)).toBe("tooShort");
  });

  test.each([
    "password1234",
    "1234567890",
    "qwertyuiop",
    "poiuytrewq12",
    "aaaaaaaaaaaa",
    "abcabcabcabc",
    "abcdefghijkl",
    "welcome2024",
    "Summer2023!",
    "letmein12345",
    "zyxwvutsrqpo",
  ])("is weak: %s", (password) => {
    expect(strengthOf(password)).toBe("weak");
  });

  test.each(["seven wet cats on a blue roof", "four dry dogs under a red bridge", "rT7#kq9!vB2x", "correct horse battery staple"])(
    "is good: %s",
    (password) => {
      expect(strengthOf(password)).toBe("good");
    },
  );

  test("lies between for two words", () => {
    expect(strengthOf("elephants7")).toBe("weak");
    expect(strengthOf("bottleking")).not.toBe("good");
    expect(strengthOf("elephant kettle")).toBe("good");
    expect(strengthOf("tranquil47")).toBe("fair");
  });

  test("does not count what is known of the person", () => {
    const known = ["Ann Smith", "ann.smith@lakeside-diner.example"];
    expect(strengthOf("Ann Smith 42", known)).toBe("weak");
    expect(strengthOf("lakeside-diner", known)).toBe("weak");
    expect(strengthOf("lakeside-diner")).toBe("good");
  });
});
