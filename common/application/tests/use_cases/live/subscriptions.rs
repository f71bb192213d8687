//! What a socket may hear of.

use super::code_of;
use crate::support::{Stage, WARM, minute};
use freshtrack_application::Failure;
use freshtrack_application::ports::Connections;
use freshtrack_contracts::live::Topic;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_testkit::{Work, interleaved};

#[tokio::test]
async fn subscriptions_add_up_and_are_dropped_one_by_one() {
    let (stage, [here, there]) = Stage::with_two_sites();
    let viewer = stage.viewer();
    stage.open("screen").await;
    let (here, there) = (Topic::Site(here), Topic::Site(there));
    let unit = Topic::Unit(stage.unit(0));
    let held = stage
        .subscribe(&viewer, "screen", vec![here.clone(), unit.clone()])
        .await
        .unwrap();
    assert_eq!(held, [here.clone(), unit.clone()]);
    let held = stage
        .subscribe(&viewer, "screen", vec![unit.clone(), there.clone()])
        .await
        .unwrap();
    assert_eq!(held, [here.clone(), unit.clone(), there.clone()]);
    assert_eq!(
        stage.unsubscribe("screen", &[unit, Topic::Org]).await,
        [here, there]
    );
}

#[tokio::test]
async fn nobody_subscribes_to_what_is_not_theirs_to_see() {
    let (stage, [here, there]) = Stage::with_two_sites();
    let foreign = Stage::new(1);
    stage.open("screen").await;
    let everyone = stage.viewer();
    let restricted = stage.viewer_of(&[here]);
    for (caller, topic) in [
        (&everyone, Topic::Site(foreign.kitchen.site_id)),
        (&everyone, Topic::Unit(foreign.unit(0))),
        (&restricted, Topic::Site(there)),
        (&restricted, Topic::Unit(stage.unit(1))),
    ] {
        let refused = stage.subscribe(caller, "screen", vec![topic]).await;
        assert_eq!(code_of(refused), ProblemCode::NotFound);
    }
    let refused = stage.subscribe(&everyone, "another", vec![Topic::Org]).await;
    assert_eq!(code_of(refused), ProblemCode::NotFound, "there is no such socket");
    let refused = stage
        .subscribe(&foreign.viewer(), "screen", vec![Topic::Org])
        .await;
    assert_eq!(
        code_of(refused),
        ProblemCode::NotFound,
        "nor has another organization this one"
    );
    let all_they_see = stage
        .subscribe(&restricted, "screen", vec![Topic::Org])
        .await
        .unwrap();
    assert_eq!(all_they_see, [Topic::Site(here)]);
    let batch = [0, 1].map(|unit| stage.measured(unit, minute(0), WARM));
    stage.record(&batch).await;
    assert_eq!(stage.units_and_alerts("screen"), (vec![stage.unit(0)], 1));
}

#[tokio::test]
async fn a_socket_holds_fifty_topics() {
    let stage = Stage::new(51);
    stage.open("screen").await;
    let topics: Vec<Topic> = stage.kitchen.units().into_iter().map(Topic::Unit).collect();
    let refused = stage.subscribe(&stage.viewer(), "screen", topics.clone()).await;
    assert_eq!(code_of(refused), ProblemCode::InvalidRequest);
    let held = stage
        .subscribe(&stage.viewer(), "screen", topics[..50].to_vec())
        .await
        .unwrap();
    assert_eq!(held.len(), 50);
    let refused = stage
        .subscribe(&stage.viewer(), "screen", topics[50..].to_vec())
        .await;
    assert_eq!(code_of(refused), ProblemCode::InvalidRequest);
}

#[tokio::test]
async fn subscriptions_sent_at_once_all_count() {
    let stage = Stage::new(4);
    let viewer = stage.viewer();
    stage.open("screen").await;
    let work: Vec<Work<'_, _>> = stage
        .kitchen
        .units()
        .into_iter()
        .map(|unit| {
            Box::pin(stage.subscribe(&viewer, "screen", vec![Topic::Unit(unit)]))
                as Work<'_, Result<Vec<Topic>, Failure>>
        })
        .collect();
    for result in interleaved(work, []) {
        result.unwrap();
    }
    let stored = stage
        .world
        .memory
        .find(stage.kitchen.org_id, "screen")
        .await
        .unwrap();
    assert_eq!(stored.unwrap().topics.len(), 4);
}
