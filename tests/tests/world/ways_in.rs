//! Four ways into the system, and one answer to a reading on each of them.

use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_contracts::readings::ReadingView;
use freshtrack_domain::ids::SensorId;
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::UnitStatus;
use freshtrack_tests::{Frame, Tenant, World, eventually, statuses};
use futures_util::future::join_all;
use serde_json::json;

/// How a reading gets into the system.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    ThingsStack,
    ChirpStack,
    AwsIot,
    Upload,
}

const WAYS: [Way; 4] = [Way::ThingsStack, Way::ChirpStack, Way::AwsIot, Way::Upload];

impl Way {
    /// Sends `frame`; gives what became of it, unless nobody waits for that.
    async fn send(self, world: &World, tenant: &Tenant, frame: &Frame) -> Option<ItemStatus> {
        let report = match self {
            Self::ThingsStack => tenant.things_stack(&frame.things_stack()).await,
            Self::ChirpStack => tenant.chirpstack("up", &frame.chirpstack()).await,
            Self::Upload => tenant.upload(&[frame.uploaded()]).await,
            Self::AwsIot => {
                let topic = format!("freshtrack/{}/{}/up", tenant.org_id(), frame.dev_eui);
                let client = format!("{:032x}", rand::random::<u128>());
                let mut device = world.device(&client).await;
                device.publish(&topic, frame.aws_iot().to_string()).await;
                return None;
            }
        };
        assert_eq!(report.results.len(), 1);
        statuses(&report).first().copied()
    }
}

#[tokio::test]
async fn a_reading_by_any_way_is_shown_everywhere_at_once() {
    let world = World::start().await;
    let tenant = world.tenant(WAYS.len()).await;
    let mut screen = tenant.watching().await;
    for (index, way) in WAYS.into_iter().enumerate() {
        let centi = 300 + i16::try_from(index).unwrap() * 25;
        let frame = Frame::first(tenant.dev_eui(index), world.now(), centi);
        let status = way.send(&world, &tenant, &frame).await;
        assert_eq!(
            status.unwrap_or(ItemStatus::Accepted),
            ItemStatus::Accepted,
            "{way:?}"
        );

        let unit = tenant.unit(index).id;
        let celsius = f64::from(centi) / 100.0;
        let shown = screen
            .unit("the reading", unit, |unit| unit.temperature_c.is_some())
            .await;
        assert_eq!(shown.temperature_c, Some(celsius), "{way:?}");
        assert_eq!(shown.humidity_percent, Some(45.0), "{way:?}");
        assert_eq!(shown.status, UnitStatus::Ok, "{way:?}");
        assert_eq!(shown.measured_at, Some(world.now().into()), "{way:?}");
        let heard_at = if way == Way::Upload { None } else { Some(-97) };
        assert_eq!(shown.rssi_dbm, heard_at, "{way:?}");

        let view = tenant.unit_view(index).await;
        assert_eq!(
            view.now, shown,
            "the overview shows what the screen was told: {way:?}"
        );
        let sensor: SensorId = tenant.unit(index).sensors[0].id;
        let expected = ReadingView {
            recorded_at: world.now().into(),
            sensor_id: sensor,
            temperature_c: Some(celsius),
            fault: None,
            humidity_percent: Some(45.0),
            door_open: None,
            late: false,
        };
        assert_eq!(tenant.readings(index).await, [expected], "{way:?}");
    }
}
