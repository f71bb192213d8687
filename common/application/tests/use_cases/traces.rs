//! What was measured is shown as screens and spreadsheets want it: the newest, a trace, gaps, doors, a table.

use crate::support::{COLD, START, Stage, WARM, minute};
use freshtrack_application::ports::Record;
use freshtrack_application::{
    Caller, ExportedPage, Failure, GapsOf, PageRequest, ReadingsOf, SeriesOf, UnitReading, export_readings,
    forecast_unit, get_latest, get_series, list_door_events, list_gaps,
};
use freshtrack_contracts::page::{Page, PageSize};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::readings::{DoorEventView, GapView, LatestReadings, ReadingSeries};
use freshtrack_domain::access::Sites;
use freshtrack_domain::device::Sensor;
use freshtrack_domain::measurement::Door;
use freshtrack_domain::reading::Reading;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_testkit::{Kitchen, World, fresh_id, reading};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt::Debug;

impl Stage {
    async fn try_latest(&self, caller: &Caller) -> Result<LatestReadings, Failure> {
        let World { memory, clock, .. } = &self.world;
        get_latest(memory, memory, clock, caller, self.unit(0)).await
    }

    async fn latest(&self) -> LatestReadings {
        self.try_latest(&self.viewer()).await.unwrap()
    }

    async fn try_series(
        &self,
        caller: &Caller,
        from: Timestamp,
        to: Timestamp,
        points: u32,
    ) -> Result<ReadingSeries, Failure> {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        let of = SeriesOf {
            unit_id: self.unit(0),
            from: Some(from),
            to: Some(to),
            points: Some(points),
        };
        get_series(memory, memory, records, clock, caller, of).await
    }

    async fn series(&self, from: Timestamp, to: Timestamp, points: u32) -> ReadingSeries {
        self.try_series(&self.viewer(), from, to, points).await.unwrap()
    }

    async fn try_gaps(
        &self,
        caller: &Caller,
        (from, to): (u32, u32),
        percent: Option<u32>,
        page: &PageRequest,
    ) -> Result<Page<GapView>, Failure> {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        let of = GapsOf {
            unit_id: self.unit(0),
            from: Some(minute(from)),
            to: Some(minute(to)),
            percent,
        };
        list_gaps(memory, memory, records, clock, caller, of, page).await
    }

    /// From and until which minute there are gaps.
    async fn gaps(&self, to: u32, percent: Option<u32>) -> Vec<(i64, i64)> {
        let page = PageRequest::of(PageSize::SERIES);
        let gaps = self
            .try_gaps(&self.viewer(), (0, to), percent, &page)
            .await
            .unwrap();
        let minute = |at: Timestamp| at.since(START).as_minutes();
        gaps.items
            .iter()
            .map(|gap| (minute(gap.from.0), minute(gap.to.0)))
            .collect()
    }

    async fn try_doors(&self, caller: &Caller, page: &PageRequest) -> Result<Page<DoorEventView>, Failure> {
        let World { memory, clock, .. } = &self.world;
        list_door_events(memory, memory, clock, caller, self.of_a_day(), page).await
    }

    async fn try_export(&self, caller: &Caller, page: &PageRequest) -> Result<ExportedPage, Failure> {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        export_readings(memory, memory, records, clock, caller, self.of_a_day(), page).await
    }

    fn of_a_day(&self) -> ReadingsOf {
        ReadingsOf {
            unit_id: self.unit(0),
            from: Some(START),
            to: Some(START + Span::hours(24)),
        }
    }

    fn door(&self, at: u32, door: Door) -> UnitReading {
        let measured = self.measured(0, minute(at), COLD);
        UnitReading {
            reading: Reading {
                door: Some(door),
                ..measured.reading
            },
            ..measured
        }
    }

    /// Callers to whom the unit is none.
    fn strangers(&self) -> [Caller; 2] {
        let nowhere = Caller {
            sites: Sites::Only(BTreeSet::from([fresh_id()])),
            ..self.viewer()
        };
        [nowhere, Stage::new(1).viewer()]
    }
}

fn code_of<T: Debug>(result: Result<T, Failure>) -> ProblemCode {
    match result {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("expected a refusal, not {other:?}"),
    }
}

#[tokio::test]
async fn the_latest_is_the_newest_of_each_sensor_and_never_an_older_one() {
    let stage = Stage::new(2);
    assert_eq!(stage.latest().await.sensors, []);
    // The second sensor measures once; then the first fills the log, so that the head is sealed more than once.
    let mut beside = stage.measured(0, minute(3), 410);
    beside.reading.sensor_id = stage.kitchen.sensors[1].id;
    beside.reading.drives_unit = false;
    stage.world.clock.set(minute(4));
    stage.record(&[beside]).await;
    for at in (0..150).map(|number| number * 5) {
        stage.world.clock.set(minute(at) + Span::seconds(2));
        stage
            .record(&[stage.measured(0, minute(at), 300 + i32::try_from(at % 50).unwrap())])
            .await;
        let latest = stage.latest().await;
        let own = latest
            .sensors
            .iter()
            .find(|latest| latest.reading.sensor_id == stage.kitchen.sensors[0].id)
            .unwrap();
        assert_eq!(own.reading.recorded_at.0, minute(at));
        assert_eq!(own.received_at.0, minute(at) + Span::seconds(2));
        assert_eq!(latest.sensors.len(), 2, "minute {at}");
    }
    // History moves nothing.
    stage.record(&[stage.measured(0, minute(1), WARM)]).await;
    let latest = stage.latest().await;
    let mut shown: Vec<_> = latest
        .sensors
        .iter()
        .map(|latest| (latest.reading.recorded_at.0, latest.reading.temperature_c))
        .collect();
    shown.sort_by_key(|(at, _)| *at);
    assert_eq!(shown, [(minute(3), Some(4.1)), (minute(745), Some(3.45))]);
    assert_eq!(latest.as_of.0, minute(745) + Span::seconds(2));
}

#[tokio::test]
async fn a_trace_of_a_month_keeps_its_one_bad_reading() {
    let stage = Stage::new(1);
    // One reading in ten thousand is out of range; the log has many blocks, more than are read at once.
    let count = 10_000_u32;
    let batch: Vec<_> = (0..count)
        .map(|number| {
            stage.measured(
                0,
                START + Span::minutes(number * 3),
                if number == 6_789 { WARM } else { COLD },
            )
        })
        .collect();
    stage.world.clock.set(START + Span::minutes(count * 3));
    stage.record(&batch).await;
    for points in [1, 10, 100, 1_000] {
        let series = stage
            .series(START, START + Span::minutes(count * 3), points)
            .await;
        let [trace] = &series.sensors[..] else {
            panic!("one sensor: {series:?}");
        };
        assert!(trace.primary);
        assert!(trace.buckets.len() <= usize::try_from(points).unwrap());
        assert_eq!(
            trace.buckets.iter().map(|bucket| bucket.readings).sum::<u32>(),
            count
        );
        let warmest: Vec<_> = trace
            .buckets
            .iter()
            .flat_map(|bucket| &bucket.points)
            .filter(|point| point.temperature_c > 5.0)
            .collect();
        assert_eq!(warmest.len(), 1);
        assert_eq!(warmest[0].at.0, START + Span::minutes(6_789 * 3));
        assert!(
            trace
                .buckets
                .iter()
                .all(|bucket| !bucket.broken && bucket.breaks == 0)
        );
    }
}

#[tokio::test]
async fn a_trace_is_not_drawn_over_a_gap_and_tells_what_came_late() {
    let stage = Stage::new(1);
    for at in [0, 5, 10, 40, 45] {
        stage.world.clock.set(minute(at));
        stage.record(&[stage.measured(0, minute(at), COLD)]).await;
    }
    let broken = async || -> Vec<(i64, bool, u32)> {
        let series = stage.series(minute(0), minute(60), 60).await;
        let buckets = series.sensors[0].buckets.iter();
        buckets
            .map(|bucket| {
                (
                    bucket.points[0].at.0.since(START).as_minutes(),
                    bucket.broken,
                    bucket.back_filled,
                )
            })
            .collect()
    };
    assert_eq!(
        broken().await,
        [
            (0, false, 0),
            (5, false, 0),
            (10, false, 0),
            (40, true, 0),
            (45, false, 0)
        ]
    );
    stage.record(&stage.calm(0, 15, 5)).await;
    let after = broken().await;
    assert_eq!(after.len(), 10);
    assert!(after.iter().all(|(_, broken, _)| !broken));
    assert_eq!(after.iter().map(|(_, _, late)| late).sum::<u32>(), 5);
}

#[tokio::test]
async fn a_trace_has_one_to_a_thousand_columns_over_at_most_a_year() {
    let stage = Stage::new(1);
    let caller = stage.viewer();
    let year = START + Span::hours(366 * 24);
    for (to, points, refused) in [
        (minute(60), 0, true),
        (minute(60), 1_001, true),
        (year + Span::seconds(1), 10, true),
        (year, 1_000, false),
        (START, 1, false),
    ] {
        let series = stage.try_series(&caller, START, to, points).await;
        if refused {
            assert_eq!(code_of(series), ProblemCode::InvalidRequest);
        } else {
            assert_eq!(series.unwrap().sensors, []);
        }
    }
    for stranger in stage.strangers() {
        assert_eq!(
            code_of(stage.try_series(&stranger, START, year, 1).await),
            ProblemCode::NotFound
        );
    }
}

#[tokio::test]
async fn gaps_are_told_by_the_interval_of_the_sensor() {
    let stage = Stage::new(1);
    // Every five minutes; one report is lost at minute 20, two at 40 and 45, and at last there is none any more.
    let heard = [0, 5, 10, 15, 25, 30, 35, 50, 55];
    let batch: Vec<_> = heard.map(|at| stage.measured(0, minute(at), COLD)).into();
    stage.world.clock.set(minute(70));
    stage.record(&batch).await;
    assert_eq!(
        stage.gaps(600, None).await,
        [(35, 50), (55, 70)],
        "what is to come is not missing"
    );
    assert_eq!(stage.gaps(600, Some(200)).await, [(15, 25), (35, 50), (55, 70)]);
    assert_eq!(stage.gaps(60, None).await, [(35, 50)]);
    let page = PageRequest::of(PageSize::SERIES);
    let to_come = stage.try_gaps(&stage.viewer(), (300, 600), None, &page).await;
    assert_eq!(to_come.unwrap().items, []);
    stage.world.clock.set(minute(600));
    assert_eq!(stage.gaps(300, None).await, [(35, 50), (55, 300)]);
    // What comes late closes them.
    stage
        .record(&[40, 45].map(|at| stage.measured(0, minute(at), COLD)))
        .await;
    assert_eq!(stage.gaps(300, None).await, [(55, 300)]);

    for percent in [99, 10_001] {
        let refused = stage
            .try_gaps(&stage.viewer(), (0, 60), Some(percent), &page)
            .await;
        assert_eq!(code_of(refused), ProblemCode::InvalidRequest);
    }
    for stranger in stage.strangers() {
        assert_eq!(
            code_of(stage.try_gaps(&stranger, (0, 60), None, &page).await),
            ProblemCode::NotFound
        );
    }
}

#[tokio::test]
async fn doors_are_told_by_what_they_did_and_for_how_long() {
    let stage = Stage::new(1);
    let reports = [
        (0, Door::Closed),
        (5, Door::Closed),
        (7, Door::Open),
        (10, Door::Open),
        (12, Door::Closed),
        (15, Door::Closed),
        (20, Door::Open),
    ];
    let mut batch: Vec<_> = reports.iter().map(|(at, door)| stage.door(*at, *door)).collect();
    batch.extend(stage.calm(0, 25, 3));
    stage.record(&batch).await;
    let whole = stage
        .try_doors(&stage.viewer(), &PageRequest::of(PageSize::SERIES))
        .await
        .unwrap();
    let told: Vec<_> = whole
        .items
        .iter()
        .map(|event| (event.at.0, event.open, event.duration_seconds, event.initial))
        .collect();
    assert_eq!(
        told,
        [
            (minute(0), false, Some(420), true),
            (minute(7), true, Some(300), false),
            (minute(12), false, Some(480), false),
            (minute(20), true, None, false)
        ]
    );
    // Page by page it is the same.
    let (mut paged, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let request = PageRequest::new(PageSize::SERIES, Some(3), cursor.as_deref()).unwrap();
        let page = stage.try_doors(&stage.viewer(), &request).await.unwrap();
        paged.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(paged, whole.items);
    for stranger in stage.strangers() {
        let refused = stage
            .try_doors(&stranger, &PageRequest::of(PageSize::SERIES))
            .await;
        assert_eq!(code_of(refused), ProblemCode::NotFound);
    }
}

#[tokio::test]
async fn the_pages_of_a_table_are_one_table() {
    let stage = Stage::new(1);
    stage.record(&stage.calm(0, 0, 100)).await;
    stage.record(&[stage.door(500, Door::Open)]).await;
    let caller = stage.viewer();
    let whole = stage
        .try_export(&caller, &PageRequest::of(PageSize::SERIES))
        .await
        .unwrap();
    assert!(whole.has_header && whole.next.is_none());
    let lines: Vec<&str> = whole.text.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 102);
    assert_eq!(
        lines[0],
        "recorded_at,recorded_at_utc,unit_id,unit,sensor_id,temperature,sensor_temperature,temperature_unit,fault,\
         humidity_percent,door,manual,back_filled,late"
    );
    let (unit, sensor) = (stage.unit(0), stage.kitchen.sensors[0].id);
    // 3.5 °C, shown in the unit in which people read it, at 10:13:20 in New York.
    assert_eq!(
        lines[1],
        format!(
            "2026-09-21T10:13:20-04:00,2026-09-21T14:13:20Z,{unit},Reach-in 1,{sensor},38.30,38.30,F,,,,false,true,false"
        )
    );
    assert!(lines[101].contains(",open,"), "{}", lines[101]);
    let mut table = String::new();
    let mut cursor = None::<String>;
    loop {
        let request = PageRequest::new(PageSize::SERIES, Some(7), cursor.as_deref()).unwrap();
        let page = stage.try_export(&caller, &request).await.unwrap();
        assert_eq!(page.has_header, cursor.is_none());
        table.push_str(&page.text);
        let Some(next) = page.next else { break };
        assert!(
            next.contains("from=2026-09-21T14:13:20Z&to=2026-09-22T14:13:20Z&limit=7&"),
            "{next}"
        );
        cursor = next.split_once("cursor=").map(|(_, cursor)| cursor.to_owned());
    }
    assert_eq!(table, whole.text);
    for stranger in stage.strangers() {
        let refused = stage
            .try_export(&stranger, &PageRequest::of(PageSize::SERIES))
            .await;
        assert_eq!(code_of(refused), ProblemCode::NotFound);
    }
}

#[tokio::test]
async fn a_forecast_is_read_off_the_sensor_that_drives_the_unit() {
    let mut kitchen = Kitchen::new(2);
    // What measures beside it comes first wherever sensors are in order.
    kitchen.sensors.sort_by_key(|sensor| Reverse(sensor.id));
    let stage = Stage::of(kitchen);
    let beside = &stage.kitchen.sensors[1];
    let (owner, key) = (stage.scope().into(), beside.key());
    let moved = |data: &mut Value| {
        data["unit_id"] = json!(stage.unit(0));
        data["primary"] = json!(false);
    };
    stage.world.records.tamper(owner, Sensor::KIND, &key, moved);

    // Half a day at 3.50 degrees, then up by a tenth every five minutes; beside it only the last is as warm.
    let drift = |place: u32| {
        if place < 144 {
            COLD
        } else {
            COLD + 10 * i32::try_from(place - 143).unwrap()
        }
    };
    let newest = 152;
    for place in 0..=newest {
        let at = minute(place * 5);
        let still = if place == newest { drift(newest) } else { COLD };
        let beside = UnitReading {
            reading: Reading {
                drives_unit: false,
                ..reading(beside.id, at, still)
            },
            ..stage.measured(0, at, COLD)
        };
        stage.world.clock.set(at);
        stage.record(&[stage.measured(0, at, drift(place)), beside]).await;
    }
    let World {
        memory,
        records,
        clock,
        ..
    } = &stage.world;
    let forecast = forecast_unit(memory, memory, records, clock, &stage.viewer(), stage.unit(0)).await;
    let crossing = forecast.unwrap().crossing.unwrap();
    assert_eq!(crossing.from_c, 4.4);
    assert_eq!(crossing.measured_at, minute(newest * 5).into());
}
