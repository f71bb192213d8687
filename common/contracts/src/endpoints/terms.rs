//! What a function has to know of the endpoint it serves. The rest of the list is documentation: with it, the schemas of all
//! that any endpoint takes and tells would be linked into every function.

use super::{AREAS, Access, Area, Endpoint};
use crate::page::PageSize;

/// On which terms an endpoint is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The function that serves it.
    pub function: &'static str,
    /// Who may call it.
    pub access: Access,
    /// The status of a success.
    pub status: u16,
    /// The size of the pages of the list that it is, if it is one.
    pub pages: Option<PageSize>,
}

impl Terms {
    /// Those of the endpoint that `function` serves.
    #[must_use]
    pub fn of_function(function: &str) -> Option<&'static Self> {
        TERMS.iter().find(|terms| terms.function == function)
    }

    /// The largest body it takes, in bytes. Networks and programs send many readings at once, people one form. Lambda hands
    /// on 6 MB at most, with all that is around a body.
    #[must_use]
    pub fn largest_body(&self) -> usize {
        if self.function.starts_with("ingest-") {
            4 << 20
        } else {
            256 << 10
        }
    }

    /// Those of `endpoint`.
    #[must_use]
    pub const fn of(endpoint: &Endpoint) -> Self {
        Self {
            function: endpoint.function,
            access: endpoint.access,
            status: endpoint.status,
            pages: endpoint.pages,
        }
    }
}

/// The terms of every endpoint, told apart from the list while compiling.
static TERMS: [Terms; COUNT] = {
    let mut all = [Terms::of(&Endpoint::BASE); COUNT];
    let mut free: &mut [Terms] = &mut all;
    let mut areas: &[Area] = AREAS;
    while let [area, others @ ..] = areas {
        let mut endpoints = area.endpoints;
        while let [endpoint, others @ ..] = endpoints {
            free = match free.split_first_mut() {
                Some((place, rest)) => {
                    *place = Terms::of(endpoint);
                    rest
                }
                None => &mut [],
            };
            endpoints = others;
        }
        areas = others;
    }
    all
};

const COUNT: usize = {
    let mut count = 0;
    let mut areas: &[Area] = AREAS;
    while let [area, others @ ..] = areas {
        count += area.endpoints.len();
        areas = others;
    }
    count
};

#[cfg(test)]
mod tests {
    use super::super::endpoints;
    use super::*;

    #[test]
    fn every_endpoint_has_its_terms() {
        assert_eq!(TERMS.len(), endpoints().count());
        for endpoint in endpoints() {
            assert_eq!(
                Terms::of_function(endpoint.function),
                Some(&Terms::of(endpoint)),
                "{}",
                endpoint.function
            );
        }
    }
}
