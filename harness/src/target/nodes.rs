//! Several addresses of one server: its nodes.
//!
//! Behind one public URL there may be many machines, and what one of them did the others have to know at once. So the
//! harness may speak to them directly, in turn: two polls of one code at the same time then meet two nodes. Only the
//! address changes. What a request says (the `htu` of a DPoP proof, a redirect URI) is about the public URL.

use std::sync::atomic::{AtomicUsize, Ordering};

use url::Url;

/// The nodes of a server, taken in turn.
#[derive(Debug)]
pub struct Nodes {
    nodes: Vec<Url>,
    turn: AtomicUsize,
}

impl Nodes {
    /// Nodes at these base URLs; `None` without any.
    pub fn new(nodes: impl IntoIterator<Item = Url>) -> Option<Self> {
        let nodes: Vec<Url> = nodes.into_iter().collect();
        (!nodes.is_empty()).then(|| Self {
            nodes,
            turn: AtomicUsize::new(0),
        })
    }

    /// Where a request to `url` goes this time: path and query at the next node, below that node's own path.
    pub(super) fn next(&self, url: &Url) -> Url {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut there = self.nodes[turn % self.nodes.len()].clone();
        let below = there.path().trim_end_matches('/').to_owned();
        there.set_path(&(below + url.path()));
        there.set_query(url.query());
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn requests_take_turns_and_keep_path_and_query() {
        let nodes = Nodes::new([url("http://a:1"), url("https://b:2/behind/")]).unwrap();
        let there = |path: &str| nodes.next(&url(path)).to_string();
        let token = "https://as.example/tenant/token";
        assert_eq!(there(token), "http://a:1/tenant/token");
        assert_eq!(there(token), "https://b:2/behind/tenant/token");
        let authorize = "https://as.example/authorize?x=1";
        assert_eq!(there(authorize), "http://a:1/authorize?x=1");
        assert!(Nodes::new([]).is_none());
    }
}
