//! Every kind of record, once: under which name and identifier it is kept.

use crate::ports::{Record, RecordKind};
use freshtrack_domain::ids::UserId;
use freshtrack_domain::people::Member;

impl Record for Member {
    const KIND: RecordKind = RecordKind("MEMBER");

    fn key(&self) -> String {
        self.user_id.to_string()
    }

    fn person(&self) -> Option<UserId> {
        Some(self.user_id)
    }
}
