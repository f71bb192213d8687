import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from "react-aria-components";
import { meQuery, useBackend } from "../app/backend";
import { Icon } from "../design/Icon";
import { strings } from "../i18n/strings";
import styles from "./OrganizationSwitcher.module.css";

const text = strings.switcher;

/** What is chosen to found another organization. */
const NEW = "new";

/** Goes to another organization: by typing a part of its name, or with the arrow keys. */
export function OrganizationSwitcher({ orgId }: { orgId: string }) {
  const navigate = useNavigate();
  const me = useQuery(meQuery(useBackend()));
  if (me.data === undefined) return null;
  const { memberships } = me.data;
  return (
    <ComboBox
      // A new box for each organization, so that it shows where one is and not what was last typed.
      key={orgId}
      className={`${styles.switcher}`}
      defaultItems={[
        ...memberships.map(({ org_id, name, role }) => ({ id: org_id, name, about: strings.role[role] })),
        { id: NEW, name: text.create, about: undefined },
      ]}
      defaultSelectedKey={orgId}
      menuTrigger="focus"
      onSelectionChange={(chosen) => {
        if (chosen === NEW) void navigate({ to: "/setup" });
        else if (typeof chosen === "string" && chosen !== orgId) {
          void navigate({ to: "/orgs/$orgId", params: { orgId: chosen } });
        }
      }}
    >
      <Label className="visually-hidden">{text.label}</Label>
      <div className={styles.field}>
        <Input className={`${styles.input}`} onFocus={(event) => event.currentTarget.select()} />
        <Button className={`${styles.open}`}>
          <Icon name="down" />
        </Button>
      </div>
      <Popover className={`${styles.popover}`}>
        <ListBox<{ id: string; name: string; about: string | undefined }>
          className={`${styles.list}`}
          renderEmptyState={() => <p className={styles.none}>{text.none}</p>}
        >
          {({ id, name, about }) => (
            <ListBoxItem id={id} textValue={name} className={`${styles.item}`}>
              <span>{name}</span>
              {about !== undefined && <span className={styles.about}>{about}</span>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
