//! What things cost, in the units that DynamoDB bills.

use crate::engine::{Cost, Engine, size_of};
use freshtrack_application::devices::create_gateway;
use freshtrack_application::ports::{Clock, Devices, ReadingLog, UnitStates};
use freshtrack_application::{
    Actor, Caller, Import, PageRequest, ReadingsOf, ReceiveUplinks, RecordReadings, SetUp, SweepReport,
    Uplink, get_overview, import_organization, list_readings, sweep_timers,
};
use freshtrack_aws::{Directory, DynamoQuarantine, DynamoReadingLog, DynamoRecords, DynamoUnitStates};
use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_contracts::page::PageSize;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::device::GatewayEui;
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{LegalLimit, Overrides, Rule, SetAt, Sources, UnitStatus};
use freshtrack_testkit::{Kitchen, ManualClock, World, lht65n_payload, lht65n_uplink};
use serde_json::json;
use std::sync::Arc;

/// Minute zero.
const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

/// A kitchen in the store, and fakes for whatever is not the store.
struct Stage {
    engine: Engine,
    kitchen: Kitchen,
    directory: Directory,
    states: DynamoUnitStates,
    log: DynamoReadingLog,
    quarantine: DynamoQuarantine,
    records: DynamoRecords,
    world: World,
}

impl Stage {
    async fn new(units: usize) -> Self {
        let engine = Engine::in_memory();
        let (kitchen, world) = (Kitchen::new(units), World::at(START));
        let table = || Arc::clone(&engine.table);
        let stage = Self {
            // By a clock that stands still: a sensor that was found once is remembered for good. Where it is not, half a
            // unit is added.
            directory: Directory::new(table(), Arc::new(ManualClock::at(START))),
            states: DynamoUnitStates(table()),
            log: DynamoReadingLog(table()),
            quarantine: DynamoQuarantine(table()),
            records: DynamoRecords(table()),
            engine,
            kitchen,
            world,
        };
        let import = Import {
            records: &stage.records,
            states: &stage.states,
            clock: &stage.world.clock,
        };
        import_organization(&import, stage.kitchen.document())
            .await
            .unwrap();
        for sensor in &stage.kitchen.sensors {
            let found = stage
                .directory
                .by_eui(stage.kitchen.scope(), sensor.dev_eui)
                .await;
            assert_eq!(found.unwrap().map(|found| found.id), Some(sensor.id));
        }
        stage
    }

    fn viewer(&self) -> Caller {
        Caller {
            scope: self.kitchen.scope(),
            actor: Actor::new("usr_viewer"),
            rights: Role::Viewer.rights(),
            sites: Sites::All,
        }
    }

    fn receiving(&self) -> ReceiveUplinks<'_> {
        ReceiveUplinks {
            devices: &self.directory,
            quarantine: &self.quarantine,
            gateways: &self.world.gateways,
            records: &self.records,
            record: RecordReadings {
                states: &self.states,
                log: &self.log,
                ..self.world.record()
            },
        }
    }

    /// The `number`th frame of a unit's sensor, `every` apart, as a compressor moves the temperature up and down.
    fn frame(&self, unit: usize, number: u32, every: Span) -> Uplink {
        let at = Timestamp::from_millis(START.as_millis() + i64::from(number) * every.as_millis());
        let swing = i16::try_from(number % 7).unwrap() * 19;
        lht65n_uplink(self.kitchen.sensors[unit].dev_eui, at, number, 310 + swing)
    }

    /// How many blocks the first unit's log has.
    async fn blocks(&self) -> u32 {
        let (unit, now) = (self.kitchen.units()[0], self.world.clock.now());
        let blocks = self
            .log
            .blocks(self.kitchen.scope(), unit, START, now, usize::MAX, false)
            .await;
        u32::try_from(blocks.unwrap().len()).unwrap()
    }

    /// Receives what a sensor sent, as much at a time as an upload holds.
    async fn receive_all(&self, uplinks: Vec<Uplink>) {
        self.world.clock.set(uplinks.last().unwrap().received_at);
        for portion in uplinks.chunks(1_000) {
            let receiving = self
                .receiving()
                .receive(self.kitchen.scope(), portion.to_vec())
                .await;
            let results = receiving.unwrap().results;
            assert!(results.iter().all(|result| result.status == ItemStatus::Accepted));
        }
    }

    /// Receives an uplink as it comes in; what that cost.
    async fn receive(&self, uplink: Uplink) -> Cost {
        self.world.clock.set(uplink.received_at);
        let receiving = self.receiving();
        let (report, cost) = self
            .engine
            .metered(receiving.receive(self.kitchen.scope(), vec![uplink]))
            .await;
        assert_eq!(report.unwrap().results[0].status, ItemStatus::Accepted);
        cost
    }
}

const PLAIN: Cost = Cost {
    read: 1.0,
    written: 1.0,
};

#[tokio::test]
async fn a_plain_reading_costs_one_unit_of_reading_and_one_of_writing() {
    let stage = Stage::new(1).await;
    stage.receive(stage.frame(0, 0, Span::minutes(5))).await;
    // The head grows with every reading; the price does not.
    for number in 1..72 {
        let cost = stage.receive(stage.frame(0, number, Span::minutes(5))).await;
        assert_eq!(cost, PLAIN, "reading {number}");
    }
}

#[tokio::test]
async fn sealing_costs_at_most_two_writes_for_72_readings() {
    let stage = Stage::new(1).await;
    let (mut written, mut read) = (0.0, 0.0);
    let (blocks, readings) = (5, 5 * 72 + 1);
    for number in 0..readings {
        let cost = stage.receive(stage.frame(0, number, Span::minutes(5))).await;
        written += cost.written - PLAIN.written;
        read += cost.read - PLAIN.read;
    }
    assert_eq!(stage.blocks().await, blocks);
    assert!(
        written <= 2.0 * f64::from(blocks),
        "{written} for {blocks} blocks"
    );
    assert_eq!(read, 0.0, "a block is written and not looked for");
}

/// What reading a month of a unit that reports `every` so often costs.
async fn month(every: Span) -> (usize, Cost) {
    let stage = Stage::new(1).await;
    let month = Span::hours(30 * 24);
    let count = u32::try_from(month.as_millis() / every.as_millis()).unwrap();
    let frames: Vec<Uplink> = (0..count).map(|number| stage.frame(0, number, every)).collect();
    stage.receive_all(frames).await;
    let Stage {
        states, log, world, ..
    } = &stage;
    let (caller, unit_id) = (stage.viewer(), stage.kitchen.units()[0]);
    let whole = PageRequest::of(PageSize::SERIES);
    let listing = list_readings(
        states,
        log,
        &world.clock,
        &caller,
        ReadingsOf {
            unit_id,
            from: Some(START),
            to: Some(START + month),
        },
        &whole,
    );
    let (list, cost) = stage.engine.metered(listing).await;
    let readings = list.unwrap().items.len();
    assert_eq!(readings, count as usize);
    (readings, cost)
}

#[tokio::test]
async fn thirty_days_of_a_chart_cost_a_few_units_of_reading() {
    // Half a unit each for the unit's state, to find the block before, and late readings, and half of one for every 8 KB
    // of blocks: 60 or 120, of some 540 bytes.
    for (every, most) in [(Span::minutes(10), 6.0), (Span::minutes(5), 9.5)] {
        let (readings, cost) = month(every).await;
        assert!(cost.read <= most, "{} for {readings} readings", cost.read);
        assert_eq!(cost.written, 0.0);
    }
}

#[tokio::test]
async fn a_unit_in_alarm_is_written_in_one_unit_too() {
    let stage = Stage::new(1).await;
    // Everything that can be set is set, and the frame counters have a long past.
    let (scope, unit) = (stage.kitchen.scope(), stage.kitchen.units()[0]);
    let mut record = stage.states.load(scope, unit).await.unwrap().unwrap();
    record.state.overrides = Overrides {
        low: Some(CentiCelsius(-2_500)),
        high: Some(CentiCelsius(200)),
        hysteresis: Some(CentiCelsius(56)),
        confirm: Some(Span::minutes(20)),
        confirm_door_open: Some(Span::minutes(25)),
        max_excursion: Some(Span::minutes(75)),
        door_warning: Some(Span::minutes(5)),
        door_critical: Some(Span::minutes(15)),
        door_mask: Some(Span::minutes(45)),
        door_interval: Some(Span::hours(24)),
        offline_percent: Some(150),
        offline_additional: Some(Span::minutes(5)),
        report_interval: Some(Span::minutes(20)),
        offline_warning: Some(2),
        offline_critical: Some(10),
        manual_missed: Some(10),
        manual_interval: Some(Span::minutes(125)),
        manual_grace: Some(Span::minutes(15)),
        legal: Some(LegalLimit {
            low: None,
            high: Some(CentiCelsius(300)),
        }),
        exposure_window: Some(Span::minutes(250)),
        exposure_limit: Some(Span::minutes(95)),
        sources: Sources::STANDARD
            .with(Rule::ManualInterval, SetAt::Unit)
            .with(Rule::Low, SetAt::Unit),
    };
    stage.states.save(scope, &mut record, &[]).await.unwrap();
    for number in 0..71 {
        stage
            .receive(stage.frame(0, 4_000_000 + number, Span::minutes(5)))
            .await;
    }
    let record = stage.states.load(scope, unit).await.unwrap().unwrap();
    assert_eq!(record.state.status, UnitStatus::AlarmActive);
    assert_eq!(record.head.entries().len(), 71);
    stage.engine.calls();
    let cost = stage.receive(stage.frame(0, 4_000_071, Span::minutes(5))).await;
    let calls = stage.engine.calls();
    let [put] = calls
        .iter()
        .filter(|call| call.operation == "PutItem")
        .collect::<Vec<_>>()[..]
    else {
        panic!("{calls:?}");
    };
    let size = size_of(&put.request["Item"]);
    assert!(size < 1_024, "{size}");
    assert_eq!(cost, PLAIN);
}

#[tokio::test]
async fn a_gateway_that_is_heard_is_noted_once_in_five_minutes() {
    let stage = Stage::new(1).await;
    let (eui, stranger) = (GatewayEui(1), GatewayEui(2));
    let set_up = SetUp {
        records: &stage.records,
        states: &stage.states,
        ids: &stage.world.ids,
        clock: &stage.world.clock,
    };
    let owner = Caller {
        rights: Role::Owner.rights(),
        ..stage.viewer()
    };
    let gateway = json!({ "gateway_eui": eui, "server_id": "roof", "name": "Roof" });
    create_gateway(&set_up, &owner, serde_json::from_value(gateway).unwrap())
        .await
        .unwrap();
    let frame = |number: u32| Uplink {
        gateways: vec![eui, stranger],
        ..stage.frame(0, number, Span::minutes(1))
    };
    stage.receive(frame(0)).await;
    for number in 1..5 {
        assert_eq!(stage.receive(frame(number)).await, PLAIN, "minute {number}");
    }
    let noted = stage.receive(frame(5)).await;
    // Whether each is registered; and a transaction of one item.
    let expected = Cost {
        read: PLAIN.read + 2.0,
        written: PLAIN.written + 2.0,
    };
    assert_eq!(noted, expected);
    assert_eq!(stage.receive(frame(6)).await, PLAIN);
}

#[tokio::test]
async fn a_repeated_frame_costs_no_writing() {
    let stage = Stage::new(1).await;
    let frame = stage.frame(0, 1, Span::minutes(5));
    stage.receive(frame.clone()).await;
    let receiving = stage.receiving();
    let (report, cost) = stage
        .engine
        .metered(receiving.receive(stage.kitchen.scope(), vec![frame]))
        .await;
    assert_eq!(report.unwrap().results[0].status, ItemStatus::Duplicate);
    let nothing_written = Cost {
        written: 0.0,
        ..PLAIN
    };
    assert_eq!(cost, nothing_written);
}

#[tokio::test]
async fn an_upload_of_a_units_readings_is_read_and_written_once() {
    let stage = Stage::new(1).await;
    // The first thing heard of a sensor also moves the time at which it must have been heard.
    stage.receive(stage.frame(0, 0, Span::minutes(5))).await;
    let frames: Vec<Uplink> = (1..72)
        .map(|number| stage.frame(0, number, Span::minutes(5)))
        .collect();
    let ((), cost) = stage.engine.metered(stage.receive_all(frames)).await;
    assert_eq!(cost, PLAIN);
}

#[tokio::test]
async fn an_alert_costs_its_transaction_and_nothing_afterwards() {
    let stage = Stage::new(1).await;
    for number in 0..10 {
        stage.receive(stage.frame(0, number, Span::minutes(5))).await;
    }
    let warm = |number| Uplink {
        payload: lht65n_payload(720),
        ..stage.frame(0, number, Span::minutes(5))
    };
    let opened = stage.receive(warm(10)).await;
    // Twice the state with its events, twice the alert with its place in the list of open ones.
    assert!(opened.written <= 8.0, "{opened:?}");
    assert_eq!(opened.read, 1.0);
    // The next write takes the events out of the item, and is the last that pays for their size.
    let after = stage.receive(warm(11)).await;
    assert!(after.written <= 2.0, "{after:?}");
}

#[tokio::test]
async fn watching_a_refrigerator_costs_at_most_an_eighth_of_a_read_unit_a_minute() {
    let stage = Stage::new(50).await;
    for number in 0..36 {
        for unit in 0..50 {
            stage.receive(stage.frame(unit, number, Span::minutes(5))).await;
        }
    }
    stage.world.clock.set(START + Span::minutes(177));
    let sweep = sweep_timers(
        &stage.records,
        &stage.states,
        stage.world.live(),
        &stage.world.clock,
    );
    let (report, cost) = stage.engine.metered(sweep).await;
    assert_eq!(report.unwrap(), SweepReport::default());
    assert_eq!(cost.written, 0.0);
    // Half a unit of it tells which organizations there are.
    assert!(cost.read <= 50.0 / 8.0, "{cost:?}");
    let after = stage.receive(stage.frame(0, 36, Span::minutes(5))).await;
    assert_eq!(after, PLAIN);
}

#[tokio::test]
async fn the_overview_costs_at_most_a_fifth_of_a_read_unit_for_each_refrigerator() {
    let stage = Stage::new(100).await;
    for unit in 0..100 {
        let frames: Vec<Uplink> = (0..72)
            .map(|number| stage.frame(unit, number, Span::minutes(5)))
            .collect();
        stage.receive_all(frames).await;
    }
    let Stage { states, world, .. } = &stage;
    let records = DynamoRecords(Arc::clone(&stage.engine.table));
    let caller = stage.viewer();
    let (overview, cost) = stage
        .engine
        .metered(get_overview(&records, states, &world.clock, &caller))
        .await;
    assert_eq!(overview.unwrap().sites[0].areas[0].units.len(), 100);
    assert!(cost.read <= 0.2 * 100.0, "{cost:?}");
}
