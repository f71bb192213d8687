import { useState } from "react";
import { strings } from "../i18n/strings";
import { Button } from "./Button";

/** Puts `text` where it can be pasted from, and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState<"yes" | "no">();
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setCopied("yes"),
      () => setCopied("no"),
    );
  };
  return (
    <>
      <Button onClick={copy}>{label}</Button>
      <span role="status">
        {copied === "yes" && strings.copy.done}
        {copied === "no" && strings.copy.failed}
      </span>
    </>
  );
}
