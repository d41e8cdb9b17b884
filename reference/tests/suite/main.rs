//! The server as its peers see it, flow by flow. Comments name the question and reading a test pins (`C-02/B`).

// A panic is how a test fails.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod arop;
mod assertion;
mod authorization_code;
mod callback;
mod cancellation;
mod certificate;
mod certified_name;
mod ciba;
mod client_authentication;
mod concurrency;
mod control;
mod device;
mod direct;
mod dpop;
mod edition;
mod hostile;
mod initial_request;
mod interaction;
mod introspection;
mod metadata;
mod nonce;
mod over_http;
mod polling;
mod private_key_jwt;
mod progress;
mod pushed_request;
mod readings;
mod refresh;
mod registration;
mod request_object;
mod rfc8628;
mod targets;
mod token_exchange;
