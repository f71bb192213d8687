//! What was done in an organization, page by page.

use crate::error::Failure;
use crate::organizations::whole_organization;
use crate::page::{Order, PageRequest, page_of};
use crate::ports::Records;
use crate::scope::Caller;
use freshtrack_contracts::audit::AuditEntryView;
use freshtrack_contracts::page::Page;
use freshtrack_domain::audit::ChainedEntry;

/// Which entries. Those that fit everything that is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Those of this actor, or in this member's name.
    pub actor: Option<String>,
    /// Those of this action, or of all that begin so if it ends with a dot: `site.`.
    pub action: Option<String>,
    /// Those about this.
    pub target: Option<String>,
}

impl AuditFilter {
    fn fits(&self, ChainedEntry { entry, .. }: &ChainedEntry) -> bool {
        let is = |wanted: &Option<String>, what: &str| wanted.as_deref().is_none_or(|wanted| wanted == what);
        let action = self.action.as_deref().is_none_or(|action| {
            entry.action == action || (action.ends_with('.') && entry.action.starts_with(action))
        });
        let actor = is(&self.actor, &entry.actor)
            || entry
                .acting_as
                .as_deref()
                .is_some_and(|member| is(&self.actor, member));
        action && actor && is(&self.target, &entry.target)
    }
}

/// The entries of the caller's organization that fit `filter`, the newest first.
///
/// # Errors
/// Refused when there is no such page, and to members who do not work for the whole organization.
pub async fn list_audit(
    records: &dyn Records,
    caller: &Caller,
    request: &PageRequest,
    filter: &AuditFilter,
) -> Result<Page<AuditEntryView>, Failure> {
    whole_organization(caller)?;
    let fits = |entry: &ChainedEntry| filter.fits(entry);
    let page = page_of::<ChainedEntry>(records, caller.scope, request, Order::NewestFirst, fits).await?;
    Ok(page.map(|stored| (&stored.record).into()))
}
