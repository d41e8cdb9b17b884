//! A token response on its way: whether the transport takes it.
//!
//! A connection may be gone before the response is written, and the handler with it. What is dropped before its body
//! was taken is lost; what happens to it on the network is not for this server to know (C-13, C-71).

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};

use crate::deferral::Receipt;

/// Notes a loss when it is dropped, unless the response was taken before.
#[derive(Debug)]
pub(super) struct OnItsWay {
    receipt: Receipt,
    taken: bool,
}

impl OnItsWay {
    pub(super) fn new(receipt: Receipt) -> Self {
        Self {
            receipt,
            taken: false,
        }
    }

    /// A body that takes this along.
    pub(super) fn with(self, body: Body) -> Body {
        Body::new(WatchedBody {
            body,
            on_its_way: self,
        })
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        if !self.taken {
            self.receipt.note_loss();
        }
    }
}

struct WatchedBody {
    body: Body,
    on_its_way: OnItsWay,
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        self.on_its_way.taken |= frame.is_ready();
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
