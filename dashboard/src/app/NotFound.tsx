import { Link } from "@tanstack/react-router";
import { PanelPage } from "../design/Panel";
import { strings } from "../i18n/strings";

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <PanelPage title={strings.notFound.title}>
      <p>{strings.notFound.text}</p>
      <p>
        <Link to="/">{strings.notFound.home}</Link>
      </p>
    </PanelPage>
  );
}
