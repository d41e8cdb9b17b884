//! A minimal but real authorization server with Deferred Token Response (draft-ietf-oauth-deferred-token-response-01).
//!
//! It implements the draft independently of the model it is tested against, in its own words. Where the draft allows
//! more than one behaviour, comments name the question and the reading chosen (`C-02/B`).
//!
//! A map, from the outside in:
//!
//! | module | what it is |
//! |---|---|
//! | [`server`] | the server as a value: [`AuthorizationServer`], [`Parts`], `serve` |
//! | [`service`], `transport` | the same as a tower service, and behind a listener |
//! | `token` | the token endpoint, one grant a file; `token/deferred` is the poll |
//! | `revoke`, `authorize`, `par`, `device`, `register`, `metadata` | the other endpoints, one a file |
//! | `request_object`, `challenge`, `jws` | authorization requests that are signed; challenges of protected resources; whatever else peers sign |
//! | `opening` | how deferrals come into being |
//! | `page` | the pages where people decide (Sections 6.4, 9.5) |
//! | `client`, `client_auth`, `certificate`, [`dpop`] | who is asking |
//! | [`policy`] | what is deferred |
//! | [`deferral`] | **the state of one deferral code and every transition of it; start here** |
//! | [`store`] | where that state is kept, atomically |
//! | `callback`, `housekeeping` | what happens without a request |
//! | `control` | the development API (`CONTROL.md`) |
//! | [`config`], [`clock`], [`random`] | what the server is given |
//! | [`edition`] | what other editions of the text have it do |
//! | [`secret`], [`scope`], [`wire`], `targets`, `digest`, `expiring`, `form`, `reply`, `error` | small words the rest is written in |

mod access_token;
mod authorize;
mod callback;
mod certificate;
mod challenge;
mod client;
mod client_auth;
pub mod clock;
mod completion_mode;
pub mod config;
mod control;
pub mod deferral;
mod device;
mod digest;
pub mod dpop;
pub mod edition;
mod error;
mod expiring;
mod form;
mod housekeeping;
mod introspect;
mod jws;
mod metadata;
mod opening;
mod page;
mod par;
pub mod policy;
pub mod random;
mod register;
mod reply;
mod request_object;
mod revoke;
pub mod scope;
pub mod secret;
pub mod server;
pub mod service;
pub mod store;
mod targets;
mod token;
mod transport;
pub mod wire;

pub use access_token::TokenResponse;
pub use clock::{Clock, ManualClock, SystemClock};
pub use config::{
    ApproverConfig, AssertionIssuerConfig, AuthMethod, ClientConfig, Config, ConfigError,
    ProtectedResourceConfig,
};
pub use edition::Edition;
pub use error::SetupError;
pub use policy::Policy;
pub use random::Random;
pub use secret::Secret;
pub use server::{AuthorizationServer, Parts};
pub use service::{ConnectionDropped, PublicService};
pub use store::{MemoryStore, Store};
