//! `interaction_uri` (Section 6.4).

use dtr_model::draft::Draft;
use url::Url;

use crate::driver::log::Log;
use crate::driver::response::Response;

/// Present where required, and a URI as it should be wherever it is present.
pub(in crate::driver) fn check(log: &mut Log, response: &Response<'_>, draft: &Draft) {
    let name = draft.interaction_uri;
    let error = response.error();
    if let Some(required) = draft
        .interaction_required
        .filter(|_| error == draft.interaction_required)
    {
        for row in ["DTR-6.4-14", "DTR-6.6-03"] {
            log.check(row, response.has(name), || {
                format!("{required} without {name}")
            });
        }
    }
    if !response.has(name) {
        return;
    }
    let uri = response.text(name).and_then(|text| Url::parse(text).ok());
    let is_https = uri
        .as_ref()
        .is_some_and(|uri| uri.scheme() == "https" && uri.has_host());
    log.check("DTR-6.4-15", is_https, || {
        format!("{name} is no https URI: {}", response.show(name))
    });
    let Some(uri) = uri else {
        return;
    };
    log.check("DTR-6.4-16", uri.fragment().is_none(), || {
        format!("{name} has a fragment: {uri}")
    });
    if error == Some(draft.pending) {
        log.check("DTR-6.4-13", true, String::new);
    }
}
