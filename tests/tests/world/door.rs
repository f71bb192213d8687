//! From a door that is left open to the people who must know, with a contact and a thermometer that know nothing of each
//! other.

use crate::story::{events, measure, told, trail};
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity};
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::UnitStatus;
use freshtrack_tests::{Tenant, World};
use serde_json::json;

/// A tenant with one unit whose second sensor, told by its DevEUI, is a door contact.
async fn with_contact(world: &World) -> (Tenant, String) {
    let mut tenant = Tenant::new(world.api, 1);
    let contact = tenant.add_sensor(0, "dragino-lds02");
    tenant.unit_mut(0).sensors[1].primary = Some(false);
    tenant.import().await;
    (tenant, contact)
}

/// The contact tells that the door is open, or closed, now.
async fn tell(world: &World, tenant: &Tenant, contact: &str, open: bool) {
    let reading = json!({ "dev_eui": contact, "recorded_at": world.now().to_string(), "door_open": open });
    tenant.upload(&[reading]).await;
}

#[tokio::test]
async fn an_open_door_is_told_of_and_excuses_a_temperature_for_a_while() {
    let world = World::start().await;
    let (tenant, contact) = with_contact(&world).await;
    let unit = tenant.unit(0).id;
    let mut screen = tenant.watching().await;
    measure(&world, &tenant, 0, 1, 300).await;
    let opened = world.now();
    tell(&world, &tenant, &contact, true).await;

    world.advance(Span::minutes(1));
    measure(&world, &tenant, 0, 2, 800).await;
    let warm = screen
        .unit("the warm air of the kitchen", unit, |unit| {
            unit.temperature_c == Some(8.0)
        })
        .await;
    assert_eq!(
        (warm.status, warm.severity),
        (UnitStatus::Ok, None),
        "the door excuses it"
    );

    world.advance(Span::minutes(3));
    let door = told(&mut screen).await;
    assert_eq!(
        (door.kind, door.severity, door.opened_at.0),
        (AlertKind::DoorOpen, Severity::Warning, opened + Span::minutes(3))
    );
    assert_eq!(
        door.explanation,
        "The door has been open for 3 min, where 3 min is a warning (the standard)."
    );
    // The contact tells every five minutes how the door is; a door of which it does not tell again may have been closed.
    world.advance(Span::minutes(1));
    tell(&world, &tenant, &contact, true).await;
    world.advance(Span::minutes(1));
    measure(&world, &tenant, 0, 3, 800).await;
    world.advance(Span::minutes(5));
    let critical = told(&mut screen).await;
    assert_eq!((critical.id, critical.severity), (door.id, Severity::Critical));
    measure(&world, &tenant, 0, 4, 800).await;
    world.advance(Span::minutes(5));
    measure(&world, &tenant, 0, 5, 800).await;
    assert_eq!(tenant.unit_view(0).await.now.status, UnitStatus::Ok);

    world.advance(Span::minutes(5));
    let excursion = told(&mut screen).await;
    assert_eq!(
        (excursion.kind, excursion.related_id, excursion.opened_at.0),
        (
            AlertKind::TempExcursion,
            Some(door.id),
            opened + Span::minutes(20)
        )
    );
    assert_eq!(
        excursion.explanation,
        "8.0 °C is above the alarm limit of 5.0 °C (41.0 °F), set for this unit, after 19 min that the open door excused."
    );
    let closed = world.now();
    tell(&world, &tenant, &contact, false).await;
    let ended = told(&mut screen).await;
    assert_eq!((ended.id, ended.status), (door.id, AlertStatus::Resolved));
    let trail = trail(&tenant, door.id, 3).await;
    assert_eq!(
        events(&trail),
        [
            ("alert.opened", opened + Span::minutes(3)),
            ("alert.upgraded", opened + Span::minutes(10)),
            ("alert.resolved", closed)
        ]
    );
    let open = tenant.alerts(AlertStatus::Open).await.items;
    assert_eq!(open.len(), 1, "lists say the same as the live channel");
    assert_eq!((open[0].id, open[0].related_id), (excursion.id, Some(door.id)));
    world.settled().await;
}
