//! Events, answers and moves in words, the same ones in every report.

use std::fmt::{Display, Formatter, Result};

use crate::event::{
    Answer, Caller, Code, Decision, Event, Fate, Precondition, Scope, Steer, TokenRequest, Way,
};
use crate::world::{Action, Which};

impl Display for Caller {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Caller::Owner => "owner",
            Caller::OtherKey => "owner without the bound key",
            Caller::OtherClient => "another client",
            Caller::Impostor => "an impostor without the owner's credentials",
            Caller::NoVerifier => "owner without the code verifier",
            Caller::OtherVerifier => "owner with another code verifier",
        })
    }
}

impl Display for TokenRequest {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self.sound {
            true => "token request",
            false => "invalid token request",
        })?;
        f.write_str(match (self.opted_in, self.hinted) {
            (true, true) => ", hinted and opted in",
            (true, false) => ", opted in",
            (false, true) => ", hinted but not opted in",
            (false, false) => ", not opted in",
        })?;
        f.write_str(if self.interactive {
            ", and to interaction"
        } else {
            ""
        })?;
        f.write_str(if self.keyed {
            ", with a proof"
        } else {
            ", without a proof"
        })?;
        f.write_str(match self.steer {
            Steer::Defer => "",
            Steer::Interact => " (policy: interaction is needed)",
            Steer::Complete => " (policy: complete)",
            Steer::Refuse => " (policy: refuse, whoever approves)",
        })?;
        f.write_str(if self.lost { " [answer lost]" } else { "" })
    }
}

impl Display for Event {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Event::Request(request) => write!(f, "{request}"),
            Event::Poll { by, lost: false } => write!(f, "poll by {by}"),
            Event::Poll { by, lost: true } => write!(f, "poll by {by} [answer lost]"),
            Event::Revoke { by } => write!(f, "revocation by {by}"),
            Event::Decide(decision) => f.write_str(match decision {
                Decision::Approve => "approved",
                Decision::Narrow => "approved in part",
                Decision::Deny => "denied",
                Decision::NeedInteraction => "interaction becomes necessary",
                Decision::InteractionDone => "interaction took place",
                Decision::InteractionBegun => "interaction has begun",
            }),
            Event::Lapse(Precondition::Consent) => f.write_str("consent withdrawn"),
            Event::Lapse(Precondition::Client) => f.write_str("client disabled"),
            Event::Return(Precondition::Consent) => f.write_str("consent renewed"),
            Event::Return(Precondition::Client) => f.write_str("client enabled"),
            Event::Widen => f.write_str("client's default scope widened"),
            Event::Tick => f.write_str("a tick passes"),
            Event::Callback(Fate::Delivered) => f.write_str("occasion for a callback"),
            Event::Callback(Fate::Lost) => f.write_str("occasion for a callback [endpoint fails]"),
            Event::ResponseLost => f.write_str("token response lost, server told"),
            Event::Renew(Way::Refresh) => f.write_str("owner refreshes the token"),
            Event::Renew(Way::Exchange) => f.write_str("owner exchanges the token"),
            Event::Present => f.write_str("token presented"),
        }
    }
}

impl Display for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Answer::Silence => "silence",
            Answer::Token {
                scope,
                again: false,
            } => match scope {
                Scope::Whole => "token",
                Scope::Narrowed => "token, narrowed",
                Scope::Wider => "token, wider than requested",
            },
            Answer::Token { scope, again: true } => match scope {
                Scope::Whole => "the same token again",
                Scope::Narrowed => "the same token again, narrowed",
                Scope::Wider => "the same token again, wider than requested",
            },
            Answer::Deferred {
                interaction: false,
                code,
            } => match code {
                Code::New => "deferred",
                Code::Same => "deferred, the same code",
                Code::Other => "deferred, another code",
                Code::Direct => "deferred by the authorization endpoint",
            },
            Answer::Deferred {
                interaction: true,
                code,
            } => match code {
                Code::New => "deferred with interaction_required",
                Code::Same => "deferred with interaction_required, the same code",
                Code::Other => "deferred with interaction_required, another code",
                Code::Direct => "deferred by the authorization endpoint with interaction_required",
            },
            Answer::AuthorizationPending => "authorization_pending",
            Answer::InteractionRequired => "interaction_required",
            Answer::InteractionPending => "interaction_pending",
            Answer::SlowDown => "slow_down",
            Answer::AccessDenied => "access_denied",
            Answer::ExpiredToken => "expired_token",
            Answer::InvalidGrant => "invalid_grant",
            Answer::InvalidRequest => "invalid_request",
            Answer::InvalidClient => "invalid_client",
            Answer::UnauthorizedClient => "unauthorized_client",
            Answer::InvalidDpopProof => "invalid_dpop_proof",
            Answer::DpopChallenge => "401 with a DPoP challenge",
            Answer::GrantError => "an error of the originating grant",
            Answer::Refusal => "an error of the originating grant that no poll is answered with",
            Answer::TokenGood => "still good",
            Answer::TokenOver => "its time is over",
            Answer::Revoked => "200",
            Answer::Called { bearer: true } => "callback",
            Answer::Called { bearer: false } => "callback without its bearer token",
        })
    }
}

impl Display for Which {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Which::First => "code 1",
            Which::Second => "code 2",
        })
    }
}

impl Display for Action {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Action::Event(which, event, Answer::Silence) => write!(f, "{which}: {event}"),
            Action::Event(which, event, answer) => write!(f, "{which}: {event} → {answer}"),
            Action::Tick => f.write_str("a tick passes"),
            Action::SendPoll(which) => write!(f, "{which}: owner sends a poll"),
            Action::SendRevoke(which) => write!(f, "{which}: owner sends a revocation"),
            Action::ProcessPoll(which, answer) => write!(f, "{which}: poll processed → {answer}"),
            Action::ProcessRevoke(which, answer) => {
                write!(f, "{which}: revocation processed → {answer}")
            }
            Action::RevokeRetracts(which) => {
                write!(
                    f,
                    "{which}: revocation processed, unwritten token taken back → 200"
                )
            }
            Action::RepeatPoll(which, answer) => {
                write!(
                    f,
                    "{which}: one copy of a repeated poll processed → {answer}"
                )
            }
            Action::SeeApproval(which) => write!(f, "{which}: poll sees the approval"),
            Action::CommitToken(which) => write!(f, "{which}: that poll commits → token"),
            Action::TokenArrives(which) => write!(f, "{which}: token arrives"),
            Action::TokenDuplicated(which) => write!(f, "{which}: token arrives, a copy follows"),
            Action::TokenLost(which) => write!(f, "{which}: token response lost"),
            Action::TokenUnconfirmed(which) => {
                write!(f, "{which}: token arrives, but the server believes it lost")
            }
            Action::CallbackArrives(which) => write!(f, "{which}: callback arrives"),
            Action::CallbackDuplicated(which) => {
                write!(f, "{which}: callback arrives, a copy follows")
            }
        }
    }
}
