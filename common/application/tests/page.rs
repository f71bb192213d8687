//! Lists come in pages that lose nothing and repeat nothing.
#![expect(
    clippy::unwrap_used,
    reason = "what does not hold fails the test that relies on it"
)]

use freshtrack_application::ports::{MOST_STEPS, Owner, RawRecord, Record, RecordKind, Records, Step};
use freshtrack_application::{Order, PageRequest, cursor_behind, page_of};
use freshtrack_contracts::page::PageSize;
use freshtrack_domain::ids::OrgId;
use freshtrack_domain::time::Timestamp;
use freshtrack_testkit::{MemoryRecords, fresh_id};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Page {
    number: u32,
}

impl Record for Page {
    const KIND: RecordKind = RecordKind("PAGE");

    fn key(&self) -> String {
        format!("{:04}", self.number)
    }
}

async fn shelf(count: u32) -> (MemoryRecords, Owner) {
    let records = MemoryRecords::default();
    let owner = Owner::Org(fresh_id::<OrgId>());
    let inserts: Vec<Step> = (0..count)
        .map(|number| Step::Insert(owner, RawRecord::of(&Page { number }).unwrap()))
        .collect();
    for steps in inserts.chunks(MOST_STEPS) {
        records
            .commit(steps, &[], Timestamp::from_seconds(0))
            .await
            .unwrap();
    }
    (records, owner)
}

/// All pages, one behind the other.
async fn read(shelf: &(MemoryRecords, Owner), limit: usize, order: Order, every: u32) -> Vec<Vec<u32>> {
    let mut pages = Vec::new();
    let mut request = PageRequest::new(PageSize::ITEMS, Some(limit), None).unwrap();
    loop {
        let wanted = |page: &Page| page.number.is_multiple_of(every);
        let page = page_of(&shelf.0, shelf.1, &request, order, wanted).await.unwrap();
        pages.push(
            page.items
                .into_iter()
                .map(|stored| stored.record.number)
                .collect(),
        );
        match page.next_cursor {
            None => return pages,
            cursor => request.cursor = cursor,
        }
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_overlap() {
    let ten = shelf(10).await;
    let pages = read(&ten, 4, Order::OldestFirst, 1).await;
    assert_eq!(pages, [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9]]);
    let pages = read(&ten, 5, Order::NewestFirst, 1).await;
    assert_eq!(
        pages,
        [vec![9, 8, 7, 6, 5], vec![4, 3, 2, 1, 0]],
        "no empty last page"
    );
    assert_eq!(
        read(&shelf(0).await, 5, Order::OldestFirst, 1).await,
        [vec![0; 0]]
    );
}

#[tokio::test]
async fn a_page_of_few_among_many_is_filled_or_goes_on() {
    let many = shelf(3_000).await;
    let pages = read(&many, 2, Order::OldestFirst, 1_000).await;
    assert_eq!(pages.concat(), [0, 1_000, 2_000]);
    assert!(pages.len() <= 4, "{pages:?}");
    assert_eq!(
        read(&many, 200, Order::NewestFirst, 1).await.concat().len(),
        3_000
    );
}

#[tokio::test]
async fn a_cursor_is_a_place_in_its_own_list_and_nothing_else() {
    let ten = shelf(10).await;
    let page = async |cursor: &str| {
        let request = PageRequest::new(PageSize::ITEMS, None, Some(cursor)).unwrap();
        page_of::<Page>(&ten.0, ten.1, &request, Order::OldestFirst, |_| true).await
    };
    let behind = cursor_behind(Page::KIND, "0007");
    assert_eq!(page(&behind).await.unwrap().items.len(), 2);
    let foreign = cursor_behind(RecordKind("PAGES"), "0007");
    for bad in ["", "0007", "UEFHRQ", &foreign, &behind[1..], &behind.repeat(100)] {
        assert!(page(bad).await.is_err(), "{bad}");
    }
    for limit in [0, 201] {
        assert!(PageRequest::new(PageSize::ITEMS, Some(limit), None).is_err());
    }
}
