//! Steps: what to do, and which answers are allowed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One step. A step without `expect` calls for no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
// serde does not combine this with `flatten`; the schema does.
#[schemars(deny_unknown_fields)]
pub struct Step {
    /// When, in seconds since the first step. Waiting is nothing but a later `at`.
    pub at: u64,
    /// What happens, in words.
    pub does: String,
    /// What to do.
    #[serde(flatten)]
    pub action: Action,
    /// Placeholders without which there is nothing to do: the step is left out, and nothing is answered, where one of them
    /// has no value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Ids of the requirements that say how it is to be answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<String>,
    /// The set of answers allowed; what fits none of them is a failure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Expected>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Send a request to the server.
    Request(Request),
    /// Have the server do something that no OAuth request asks for.
    Control(Control),
    /// Give the server its occasion for a callback attempt and see whether one comes.
    AwaitCallback(AwaitCallback),
    /// Go to an interaction URI as a person would.
    Visit(Visit),
    /// Present the token that came last to a resource server that asks nobody about it.
    Present(Present),
}

/// The use of a token at a resource server that goes by what the token response, and the token if it is a JWT, say of how
/// long it is good (AROP Section 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Present {
    /// The token.
    pub access_token: String,
}

/// A request to one of the server's endpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Where it goes. GET for the metadata, GET with a query at the authorization endpoint, POST of the `document` at the
    /// registration endpoint, otherwise POST with a form.
    pub endpoint: Endpoint,
    /// Its parameters, client authentication apart; `{name}` stands for a value supplied or captured.
    pub parameters: BTreeMap<String, String>,
    /// Parameters that come a second time, with these values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub again: BTreeMap<String, String>,
    /// The JSON object that is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Map<String, Value>>,
    /// Who sends it, authenticated as registered; nobody at the authorization and registration endpoints and for metadata.
    #[serde(default, skip_serializing_if = "Role::is_owner")]
    pub client: Role,
    /// Which key a DPoP proof comes from (RFC 9449).
    #[serde(default, skip_serializing_if = "Proof::is_none")]
    pub proof: Proof,
    /// The nonce in the proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// What the server's policy is told beforehand to do with it, if it can be told; the answers allowed do not depend on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// The answer is lost on its way: the server is told to lose it if it can be, and nobody reads it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answer_lost: bool,
}

/// An endpoint of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// The authorization endpoint.
    Authorization,
    /// The token endpoint.
    Token,
    /// The revocation endpoint.
    Revocation,
    /// The introspection endpoint (RFC 7662).
    Introspection,
    /// The endpoint for pushed authorization requests (RFC 9126).
    PushedAuthorization,
    /// The endpoint for client registration (RFC 7591).
    Registration,
    /// The metadata document (RFC 8414).
    Metadata,
    /// The endpoint for devices (RFC 8628).
    DeviceAuthorization,
    /// The endpoint for requests about somebody elsewhere (CIBA Core).
    BackchannelAuthentication,
    /// The endpoint for transactions that a resource wants approved (Transaction Challenge).
    TransactionAuthorization,
}

impl Endpoint {
    /// The one that metadata names by this member (RFC 8414).
    pub fn in_metadata(member: &str) -> Option<Endpoint> {
        let name = member.strip_suffix("_endpoint")?;
        serde_json::from_value(name.into()).ok()
    }
}

/// A registered client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The client that makes the initial request.
    #[default]
    Owner,
    /// A confidential client that has nothing to do with it.
    Other,
    /// Somebody who names the owner's `client_id` and authenticates as the owner would, with a wrong secret.
    Impostor,
    /// The owner, who neither authenticates nor says its `client_id`.
    Nameless,
}

impl Role {
    fn is_owner(&self) -> bool {
        *self == Role::Owner
    }
}

/// Which key a DPoP proof comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// No proof.
    #[default]
    None,
    /// The owner's key, to which a code issued upon a proof by it is bound.
    BoundKey,
    /// Another key, of whoever sends the request.
    OtherKey,
}

impl Proof {
    fn is_none(&self) -> bool {
        *self == Proof::None
    }
}

/// What a server does when told, besides answering OAuth requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// The deferred request is decided about; void unless it is pending.
    Decide {
        /// Which request.
        deferral_code: String,
        /// How.
        decision: Decision,
        /// What is granted, if it is less than what was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<String>,
        /// Seconds after which an approval has ended, where approvals end (AROP Section 7.4).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approved_for: Option<u64>,
    },
    /// The resource owner's consent to the request is withdrawn or renewed (Section 11.7).
    Consent {
        /// Which request.
        deferral_code: String,
        /// Whether it holds from now on.
        valid: bool,
    },
    /// The deferred request is taken a step further, which polls may tell of (Section 9.4); void unless it is pending.
    Progress {
        /// Which request.
        deferral_code: String,
    },
    /// The owner's registration is disabled or enabled (Section 11.7).
    Client {
        /// Whether it is enabled from now on.
        enabled: bool,
    },
    /// What the owner's requests without `scope` stand for changes.
    DefaultScope {
        /// The scope they stand for from now on.
        scope: String,
    },
}

/// What a server's policy does with an initial token request that opts in, once (Section 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Defer it.
    Defer,
    /// Defer it, and ask for interaction at once.
    Interact,
    /// Answer it at once.
    Complete,
    /// Refuse it.
    Deny,
}

/// What is decided about a deferred request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Granted.
    Approve,
    /// Refused.
    Deny,
    /// Interaction has become necessary (Section 6.6).
    NeedInteraction,
    /// The interaction took place; the request is pending again.
    InteractionDone,
    /// The server sees that the interaction has begun (pull request 68).
    InteractionBegun,
}

/// An occasion for a callback attempt (Section 7). Callbacks come at no other time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwaitCallback {
    /// The request whose callback may be owed.
    pub deferral_code: String,
    /// The status with which the endpoint answers: 204 takes it, 503 does not, 307 redirects to the same URL with the query
    /// `redirected`, where a callback counts as another one.
    pub endpoint_replies: u16,
    /// The JSON text in its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_says: Option<String>,
}

/// A visit to an interaction URI (Section 6.4). How a person gets through is for each server to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Visit {
    /// Where to.
    pub interaction_uri: String,
    /// How far.
    pub until: Until,
}

/// How far a visit goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// The URI is fetched once, by somebody unknown.
    Opened,
    /// Everything is done that finishes the interaction, but for the last request.
    LastStep,
    /// Everything is done that finishes the interaction.
    Finished,
}

/// An answer that is allowed at a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Its name in `answers.json`.
    pub answer: String,
    /// Whether a server answers so that reads every question as pinned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// Whether the steps that follow hold after this answer too.
    pub then: Then,
    /// A step, from 1, whose answer it resembles: the same status, the same `location` but for the query, the same names of
    /// parameters and members, the same `error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub like: Option<usize>,
    /// Members whose values stand for placeholders from now on: member to placeholder. `header:NAME` is a header field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub captures: BTreeMap<String, String>,
    /// The questions whose reading this answer gives away, with the readings it leaves.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub readings: BTreeMap<String, Vec<String>>,
}

/// What becomes of the rest of the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// They follow.
    Continue,
    /// They suppose another answer: nothing wrong was seen, and nothing more can be.
    Stop,
}
