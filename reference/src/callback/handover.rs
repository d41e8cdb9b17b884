//! Knowing when a deferred response is with the transport.
//!
//! The transport drops a response body once it has taken all of it, or once the connection is gone; the code is held
//! back until then. This is about connections of this process, so it is kept in the process and not in the store.

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};

use crate::secret::DeferralCode;

/// The codes held back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Handover(Arc<Mutex<HashSet<DeferralCode>>>);

impl Handover {
    pub(crate) fn hold_back(&self, code: &DeferralCode) -> HeldBack {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(code.clone());
        HeldBack {
            handover: self.clone(),
            code: code.clone(),
        }
    }

    pub(crate) fn is_held_back(&self, code: &DeferralCode) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(code)
    }
}

/// Holds one code back for as long as it lives.
#[derive(Debug)]
pub(crate) struct HeldBack {
    handover: Handover,
    code: DeferralCode,
}

impl HeldBack {
    /// A body that takes this along: the code is released when the transport is through with the body.
    pub(crate) fn release_with(self, body: Body) -> Body {
        Body::new(ReleasingBody {
            body,
            _held_back: self,
        })
    }
}

impl Drop for HeldBack {
    fn drop(&mut self) {
        let mut codes = self
            .handover
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        codes.remove(&self.code);
    }
}

struct ReleasingBody {
    body: Body,
    _held_back: HeldBack,
}

impl HttpBody for ReleasingBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
