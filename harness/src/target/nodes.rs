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
    /// What the public URLs begin with.
    public: Url,
    nodes: Vec<Url>,
    turn: AtomicUsize,
}

impl Nodes {
    /// Nodes at these base URLs of the server whose public base URL (its issuer) is `public`. Without any, everything
    /// stays where it is.
    pub fn new(public: &Url, nodes: Vec<Url>) -> Self {
        Self {
            public: public.clone(),
            nodes,
            turn: AtomicUsize::new(0),
        }
    }

    /// Where a request to `url` goes this time. What is not below the public base URL's origin (a control API, say)
    /// goes where it says.
    pub(super) fn next(&self, url: &Url) -> Url {
        if self.nodes.is_empty() || url.origin() != self.public.origin() {
            return url.clone();
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let node = &self.nodes[turn % self.nodes.len()];
        moved(url, &self.public, node)
    }
}

/// The same path below another base. Well-known documents stand at the root of the origin, whatever the base's path
/// (RFC 8414 Section 3.1).
fn moved(url: &Url, public: &Url, node: &Url) -> Url {
    let base = |url: &Url| url.path().trim_end_matches('/').to_owned();
    let path = match url.path().strip_prefix(&base(public)) {
        Some(rest) if !rest.is_empty() => base(node) + rest,
        _ => url.path().to_owned(),
    };
    let mut moved = node.clone();
    moved.set_path(&path);
    moved.set_query(url.query());
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn requests_take_turns_and_keep_path_and_query() {
        let nodes = vec![url("http://a:1"), url("http://b:2/behind/")];
        let nodes = Nodes::new(&url("https://as.example/tenant"), nodes);
        let there = |path: &str| nodes.next(&url(path)).to_string();
        assert_eq!(there("https://as.example/tenant/token"), "http://a:1/token");
        assert_eq!(
            there("https://as.example/tenant/authorize?x=1"),
            "http://b:2/behind/authorize?x=1"
        );
        let well_known = "/.well-known/oauth-authorization-server/tenant";
        assert_eq!(
            there(&format!("https://as.example{well_known}")),
            format!("http://a:1{well_known}")
        );
    }

    #[test]
    fn other_origins_and_no_nodes_change_nothing() {
        let public = url("https://as.example/");
        let control = "http://as.example:9000/control/clock";
        let nodes = Nodes::new(&public, vec![url("http://a:1")]);
        assert_eq!(nodes.next(&url(control)).as_str(), control);
        let none = Nodes::new(&public, Vec::new());
        let token = "https://as.example/token";
        assert_eq!(none.next(&url(token)).as_str(), token);
    }
}
