//! The links of interaction pages: each leads to one deferred request, and is somebody's once it was opened (C-31/C).

use std::sync::Arc;

use super::session::Session;
use crate::expiring::Expiring;
use crate::random::{self, Random};
use crate::secret::{DeferralCode, SessionId};

/// The links that lead somewhere, by identifier.
#[derive(Debug)]
pub(crate) struct Links {
    base: String,
    known: Expiring<Link>,
}

/// One of them.
#[derive(Debug, Clone)]
pub(super) struct Link {
    /// The request it leads to.
    pub(super) code: DeferralCode,
    /// Whose it is.
    pub(super) opened_by: Option<SessionId>,
    /// First second at which it is unknown.
    pub(super) forget_at: u64,
}

/// A link that nobody can guess and that does not lead anywhere yet.
pub(crate) struct FreshLink {
    id: String,
    uri: Arc<str>,
}

impl FreshLink {
    /// The `interaction_uri`.
    pub(crate) fn uri(&self) -> Arc<str> {
        Arc::clone(&self.uri)
    }
}

impl Links {
    /// Links below `interaction_base`.
    pub(crate) fn new(interaction_base: &str) -> Self {
        Self {
            base: interaction_base.trim_end_matches('/').into(),
            known: Expiring::default(),
        }
    }

    /// A link for a request that is about to be deferred, or to show another link.
    pub(crate) fn draw(&self, random: &dyn Random) -> FreshLink {
        let id = random::identifier(random);
        let uri = format!("{}/{id}", self.base).into();
        FreshLink { id, uri }
    }

    /// Makes the link lead to this request, and remembers it until `forget_at`.
    pub(crate) fn lead(&self, link: FreshLink, code: &DeferralCode, forget_at: u64, now: u64) {
        let to = Link {
            code: code.clone(),
            opened_by: None,
            forget_at,
        };
        self.known.insert(&link.id, to, forget_at, now);
    }

    /// Voids the link `uri` for another that leads to the same request (C-31/A); `None` when it leads nowhere.
    pub(crate) fn renew(&self, uri: &str, random: &dyn Random, now: u64) -> Option<Arc<str>> {
        let id = uri.strip_prefix(&self.base)?.strip_prefix('/')?;
        let old = self.known.take(id, now)?;
        let fresh = self.draw(random);
        let uri = fresh.uri();
        self.lead(fresh, &old.code, old.forget_at, now);
        Some(uri)
    }

    /// Where a link leads, if anywhere.
    pub(super) fn find(&self, id: &str, now: u64) -> Option<Link> {
        self.known.get(id, now)
    }

    /// Makes the link the session's own unless it is somebody's; whether it was nobody's.
    pub(super) fn open(&self, id: &str, session: &Session, now: u64) -> bool {
        let opened = self.known.change(id, now, |link| {
            let first = link.opened_by.is_none();
            link.opened_by.get_or_insert_with(|| session.id.clone());
            first
        });
        opened.unwrap_or(false)
    }
}
