//! What was measured is summed up, by the hours and days of the clock where the unit stands.

use crate::support::{COLD, START, Stage, WARM, minute};
use freshtrack_application::{Caller, Failure, SummaryQuery, summarize_readings};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::readings::{ReadingSummaries, ReadingSummary};
use freshtrack_domain::history::Division;
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_testkit::World;

impl Stage {
    async fn try_sum(
        &self,
        caller: &Caller,
        unit: UnitId,
        query: SummaryQuery,
    ) -> Result<ReadingSummaries, Failure> {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        summarize_readings(memory, memory, records, clock, caller, unit, query).await
    }

    /// What the only sensor of the first unit measured.
    async fn sum(&self, from: Timestamp, to: Timestamp, division: Division) -> Vec<ReadingSummary> {
        let query = SummaryQuery {
            from: Some(from),
            to: Some(to),
            division,
            rolling_minutes: None,
        };
        let mut found = self.try_sum(&self.viewer(), self.unit(0), query).await.unwrap();
        assert_eq!(found.sensors.len(), 1);
        found.sensors.remove(0).windows
    }
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn an_excursion_is_in_the_figures_of_its_time_and_not_in_others() {
    let stage = Stage::new(1);
    // Two hours in range, half an hour out of it, and on: across a sealed block and the head.
    let mut batch = stage.calm(0, 0, 24);
    batch.extend((0..6).map(|place| stage.measured(0, minute(120 + place * 5), WARM)));
    batch.extend(stage.calm(0, 150, 94));
    stage.record(&batch).await;
    let whole = stage.sum(minute(0), minute(620), Division::Whole).await;
    let [whole] = &whole[..] else {
        panic!("one window: {whole:?}");
    };
    assert_eq!(whole.readings, 124);
    assert_eq!((whole.min_c, whole.max_c), (Some(3.5), Some(7.2)));
    assert_eq!(whole.coverage_percent, 100.0);
    assert_eq!(whole.in_range_percent, Some(95.1));
    // 118 readings of 3.5 and 6 of 7.2.
    assert_eq!(whole.mean_c, Some(3.68));
    assert!(whole.mkt_c > whole.mean_c);

    let after = stage.sum(minute(150), minute(300), Division::Whole).await;
    assert_eq!(
        (after[0].in_range_percent, after[0].max_c),
        (Some(100.0), Some(3.5))
    );
    let during = stage.sum(minute(120), minute(150), Division::Whole).await;
    assert_eq!(
        (during[0].in_range_percent, during[0].min_c),
        (Some(0.0), Some(7.2))
    );
}

#[tokio::test]
async fn days_begin_at_midnight_where_the_unit_stands() {
    let stage = Stage::new(1);
    // The story begins at 10:13:20 in New York.
    stage.record(&stage.calm(0, 0, 24 * 12)).await;
    let days = stage.sum(minute(0), minute(24 * 60), Division::Day).await;
    let midnight = instant("2026-09-22T04:00:00Z");
    assert_eq!(
        days.iter().map(|day| (day.from.0, day.to.0)).collect::<Vec<_>>(),
        [(START, midnight), (midnight, minute(24 * 60))]
    );
    assert_eq!(days.iter().map(|day| day.readings).sum::<u32>(), 24 * 12);
    let hours = stage.sum(minute(0), minute(180), Division::Hour).await;
    assert_eq!(
        hours.iter().map(|hour| hour.readings).collect::<Vec<_>>(),
        [10, 12, 12, 2]
    );
    assert_eq!(hours[1].from.0, instant("2026-09-21T15:00:00Z"));
}

#[tokio::test]
async fn silence_is_no_data_rather_than_in_range_and_what_is_to_come_is_not_missed() {
    let stage = Stage::new(1);
    stage.record(&stage.calm(0, 0, 12)).await;
    let hours = stage.sum(minute(0), minute(180), Division::Hour).await;
    let silent = &hours[2];
    assert_eq!((silent.readings, silent.coverage_percent), (0, 0.0));
    assert_eq!(
        (silent.in_range_percent, silent.mean_c, silent.mkt_c),
        (None, None, None)
    );

    stage.world.clock.set(minute(60));
    let so_far = stage.sum(minute(0), minute(600), Division::Whole).await;
    assert_eq!(so_far[0].to.0, minute(60));
    assert_eq!(so_far[0].coverage_percent, 100.0);
}

#[tokio::test]
async fn what_was_measured_shortly_before_holds_when_the_span_begins() {
    let stage = Stage::new(1);
    stage.record(&stage.calm(0, 0, 3)).await;
    let found = stage.sum(minute(2), minute(10), Division::Whole).await;
    assert_eq!((found[0].readings, found[0].coverage_percent), (1, 100.0));
}

#[tokio::test]
async fn sensors_are_summed_up_each_for_itself_and_only_those_that_measured() {
    let stage = Stage::new(2);
    let caller = stage.viewer();
    let nothing = stage
        .try_sum(&caller, stage.unit(0), SummaryQuery::default())
        .await
        .unwrap();
    assert_eq!(nothing.sensors, []);
    stage.record(&[stage.measured(0, minute(5), COLD)]).await;
    let mut second = stage.measured(0, minute(5), WARM);
    second.reading.sensor_id = stage.kitchen.sensors[1].id;
    second.reading.drives_unit = false;
    stage.record(&[second]).await;
    let found = stage
        .try_sum(&caller, stage.unit(0), SummaryQuery::default())
        .await
        .unwrap();
    let means: Vec<_> = found
        .sensors
        .iter()
        .map(|sensor| (sensor.sensor_id, sensor.windows[0].mean_c))
        .collect();
    let mut expected = [
        (stage.kitchen.sensors[0].id, Some(3.5)),
        (stage.kitchen.sensors[1].id, Some(7.2)),
    ];
    expected.sort_by_key(|(sensor_id, _)| *sensor_id);
    assert_eq!(means, expected);
}

#[tokio::test]
async fn nobody_sums_up_what_is_not_theirs_to_see_or_more_than_a_month() {
    let (stage, foreign) = (Stage::new(1), Stage::new(1));
    let code = async |caller: &Caller, query| match stage.try_sum(caller, stage.unit(0), query).await {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("expected a refusal, not {other:?}"),
    };
    assert_eq!(
        code(&foreign.viewer(), SummaryQuery::default()).await,
        ProblemCode::NotFound
    );
    let too_long = SummaryQuery {
        from: Some(START - Span::hours(31 * 24)),
        ..SummaryQuery::default()
    };
    assert_eq!(code(&stage.viewer(), too_long).await, ProblemCode::InvalidRequest);
}
