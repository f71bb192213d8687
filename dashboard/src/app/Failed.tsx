import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { Button } from "../design/Button";
import { Notice } from "../design/Notice";
import { PanelPage } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";

/** A page that could not be shown. */
export function Failed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <PanelPage title={strings.failed.title}>
      <Notice tone="watch">{explain(error)}</Notice>
      <div>
        <Button
          tone="primary"
          onClick={() => {
            reset();
            void router.invalidate();
          }}
        >
          {strings.retry}
        </Button>
      </div>
    </PanelPage>
  );
}
