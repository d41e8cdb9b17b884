//! What answers look like on the wire.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an answer looks like on the wire. All that is said has to hold; what is
/// not said is free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// An HTTP response.
    Response(Response),
    /// A redirect of the authorization endpoint, back to the client.
    Redirect(Redirect),
    /// A refusal by the authorization endpoint: a redirect with `error`, or a status from 400 to 499.
    AuthorizationRefused,
    /// A callback that arrives at the owner's endpoint (Section 7.1).
    Callback(Callback),
    /// What came of a visit to an interaction URI (Section 6.4).
    Visited(Visited),
    /// What a resource server makes of a token.
    Presented(Presented),
    /// Nothing: the answer was lost, no callback was attempted, or there was nothing to ask by.
    Silence,
}

/// An HTTP response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// The status is one of these.
    pub status: Vec<u16>,
    /// The media type, parameters apart; without it the body does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Header fields that have to be there, by lower-case name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Header>,
    /// Members of the JSON object in the body.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub members: BTreeMap<String, Member>,
    /// Members that must not be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// The requirements that it carries out: to each, the rules that a server breaks if it breaks it. A rule is a name
    /// (`interval`, `status`, `bearer`), or one of a member's rules (`deferral_code/min_length`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub requirements: BTreeMap<String, Vec<String>>,
}

/// A header field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// One of its values contains this, letter case apart.
    pub contains: String,
}

/// A redirect of the authorization endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// Parameters in the query of the `location`.
    pub query: BTreeMap<String, Member>,
    /// Parameters that must not be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// The requirements that it carries out: to each, the rules that a server breaks if it breaks it. A rule is a name
    /// (`interval`, `status`, `bearer`), or one of a member's rules (`deferral_code/min_length`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub requirements: BTreeMap<String, Vec<String>>,
}

/// A callback, as it arrives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    /// The method.
    pub method: String,
    /// The media type, parameters apart.
    pub media_type: String,
    /// The value it presents as Bearer; without it the callback has no `Authorization` header field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bearer: Option<String>,
    /// Header fields that must not be there, by lower-case name.
    pub headers_without: Vec<String>,
    /// Members of the JSON object in the body.
    pub members: BTreeMap<String, Member>,
    /// Members that must not be there.
    pub without: Vec<String>,
    /// Values that must not be in the URL.
    pub url_without: Vec<String>,
    /// The requirements that it carries out: to each, the rules that a server breaks if it breaks it. A rule is a name
    /// (`interval`, `status`, `bearer`), or one of a member's rules (`deferral_code/min_length`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub requirements: BTreeMap<String, Vec<String>>,
}

/// What came of a visit to an interaction URI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Visited {
    /// Whether the server went along with everything that was done there: no status of 400 or more, nothing missing.
    pub served: bool,
}

/// What a resource server makes of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Presented {
    /// Whether it is good by its own word, or by that of the response that it came with, whichever is longer.
    pub good: bool,
}

impl Answer {
    /// What sort of answer it is, as it is written.
    pub fn sort(&self) -> &'static str {
        match self {
            Answer::Response(_) => "response",
            Answer::Redirect(_) => "redirect",
            Answer::AuthorizationRefused => "authorization_refused",
            Answer::Callback(_) => "callback",
            Answer::Visited(_) => "visited",
            Answer::Presented(_) => "presented",
            Answer::Silence => "silence",
        }
    }

    /// The requirements that it carries out, each with the rules that do.
    pub fn requirements(&self) -> Option<&BTreeMap<String, Vec<String>>> {
        match self {
            Answer::Response(response) => Some(&response.requirements),
            Answer::Redirect(redirect) => Some(&redirect.requirements),
            Answer::Callback(callback) => Some(&callback.requirements),
            Answer::AuthorizationRefused
            | Answer::Visited(_)
            | Answer::Presented(_)
            | Answer::Silence => None,
        }
    }
}

/// A member of a JSON object, or a parameter of a query. Every rule that is
/// there has to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Whether it may be absent; the other rules are about one that is present.
    #[serde(default, skip_serializing_if = "Presence::is_required")]
    pub presence: Presence,
    /// What sort of value it is.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<MemberType>,
    /// It is one of these strings, or the number that one of them writes; letter case apart where `any_case` says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<String>,
    /// See `one_of` and `none_of`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub any_case: bool,
    /// It is none of these strings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub none_of: Vec<String>,
    /// It has at least so many characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<usize>,
    /// No earlier response of this vector had this member with this value.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fresh: bool,
    /// It is a scope, related to another one as said. An absent scope is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeRule>,
    /// If it is a JWT, its claim `cnf.jkt` is the thumbprint of the bound key (RFC 9449 Section 6.1) or, if this is false,
    /// is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<bool>,
    /// If `access_token` is a JWT with `iat` and `exp`, it is the seconds between them, give or take five.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lifetime_of_token: bool,
    /// It is a list, and this string is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub includes: Option<String>,
    /// It has no other characters than these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characters: Option<Characters>,
    /// There is no white space in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opaque: bool,
    /// No deferral code, token or notification token of this vector is in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tells_no_secret: bool,
    /// No e-mail address is in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub names_nobody: bool,
}

/// Whether a member may be absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It may not.
    #[default]
    Required,
    /// It may.
    Optional,
}

impl Presence {
    fn is_required(&self) -> bool {
        *self == Presence::Required
    }
}

/// A sort of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberType {
    /// A string that is not empty.
    String,
    /// A whole number of seconds, zero or more; `5.0` is one too, for JSON knows but one sort of number.
    Seconds,
    /// An `https` URI with a host and without a fragment.
    HttpsUri,
    /// An absolute URI (RFC 3986).
    Uri,
    /// A URI reference (RFC 3986), relative or not.
    UriReference,
    /// The value `true`.
    True,
}

/// A set of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Characters {
    /// Letters and digits of ASCII, `.`, `-` and `_`.
    Name,
    /// Visible characters of ASCII and the space, without `"` and `\`.
    Text,
    /// Visible characters of ASCII, without `"` and `\`.
    Uri,
}

impl Characters {
    /// Whether all of the text are in the set.
    pub fn hold(self, text: &str) -> bool {
        let quoting = |c: char| ['"', '\\'].contains(&c);
        text.chars().all(|c| match self {
            Characters::Name => c.is_ascii_alphanumeric() || ['.', '-', '_'].contains(&c),
            Characters::Text => matches!(c, ' '..='~') && !quoting(c),
            Characters::Uri => c.is_ascii_graphic() && !quoting(c),
        })
    }
}

/// How one scope relates to another, both taken as sets of values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeRule {
    /// The relation.
    pub is: ScopeRelation,
    /// The other scope.
    pub of: String,
}

/// A relation between scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScopeRelation {
    /// The same values.
    Same,
    /// Some of its values, not all.
    Less,
}
