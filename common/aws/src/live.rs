//! Connections and tickets.

use crate::keys;
use crate::table::{Condition, Query, Table, data, expire, item, number};
use async_trait::async_trait;
use freshtrack_application::PortError;
use freshtrack_application::ports::{Connection, Connections, TicketGrant, Tickets};
use freshtrack_domain::ids::OrgId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How old the list of an organization's connections may be when a plain reading is shown.
const LIST_CACHE: Duration = Duration::from_secs(1);

/// Connections in the table, listed anew at most once a second for plain readings.
#[derive(Debug)]
pub struct DynamoConnections {
    table: Arc<Table>,
    lists: Mutex<HashMap<OrgId, (Instant, Vec<Connection>)>>,
}

impl DynamoConnections {
    /// The connections in `table`.
    #[must_use]
    pub fn new(table: Arc<Table>) -> Self {
        Self {
            table,
            lists: Mutex::default(),
        }
    }

    fn forget_list(&self, org_id: OrgId) {
        self.lists
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&org_id);
    }
}

#[async_trait]
impl Connections for DynamoConnections {
    async fn put(&self, connection: &Connection) -> Result<(), PortError> {
        const OP: &str = "connections.put";
        let key = keys::connection(connection.org_id, &connection.id);
        let condition = match connection.rev {
            0 | 1 => Condition::ABSENT,
            rev => Condition::on("rev = :before", ":before", number(rev - 1)),
        };
        let mut item = item(OP, "connection", &key, connection)?;
        // Also at the top level, where a condition can see it.
        item.insert("rev".to_owned(), number(connection.rev));
        self.table
            .put(OP, expire(item, connection.expires_at), Some(&condition))
            .await?;
        self.forget_list(connection.org_id);
        Ok(())
    }

    async fn remove(&self, org_id: OrgId, id: &str) -> Result<(), PortError> {
        self.table
            .delete("connections.remove", &keys::connection(org_id, id))
            .await?;
        self.forget_list(org_id);
        Ok(())
    }

    async fn find(&self, org_id: OrgId, id: &str) -> Result<Option<Connection>, PortError> {
        const OP: &str = "connections.find";
        let found = self.table.get(OP, &keys::connection(org_id, id), true).await?;
        found.map(|mut item| data(OP, &mut item)).transpose()
    }

    async fn of_org(&self, org_id: OrgId, fresh: bool) -> Result<Vec<Connection>, PortError> {
        const OP: &str = "connections.of_org";
        if !fresh {
            let lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((at, list)) = lists.get(&org_id)
                && at.elapsed() < LIST_CACHE
            {
                return Ok(list.clone());
            }
        }
        let partition = keys::connections_partition(org_id);
        let query = Query {
            consistent: fresh,
            ..Query::new("pk = :pk", &partition, Vec::new())
        };
        let list: Vec<Connection> = self
            .table
            .query(OP, query)
            .await?
            .into_iter()
            .map(|mut item| data(OP, &mut item))
            .collect::<Result<_, _>>()?;
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.insert(org_id, (Instant::now(), list.clone()));
        Ok(list)
    }
}

/// Tickets in the table.
#[derive(Debug, Clone)]
pub struct DynamoTickets(pub Arc<Table>);

#[async_trait]
impl Tickets for DynamoTickets {
    async fn put(&self, ticket: &str, grant: &TicketGrant) -> Result<(), PortError> {
        const OP: &str = "tickets.put";
        let item = item(OP, "ticket", &keys::ticket(ticket), grant)?;
        self.0.put(OP, expire(item, grant.expires_at), None).await
    }

    async fn take(&self, ticket: &str) -> Result<Option<TicketGrant>, PortError> {
        const OP: &str = "tickets.take";
        let taken = self.0.delete(OP, &keys::ticket(ticket)).await?;
        taken.map(|mut item| data(OP, &mut item)).transpose()
    }
}
