//! Certificates: the authorities that a target file trusts, and those of its clients (RFC 8705).

use crate::certificates::Authority;
use crate::support::{Place, Ran};
use crate::tls_server::{TlsServer, Without};

/// A target file for a server of TLS, and its certificates beside it.
struct Certified {
    place: Place,
    authority: Authority,
    server: TlsServer,
}

const CERTIFIED: &str = "auth_method = \"tls_client_auth\"\ncertificate = \"client.pem\"";

impl Certified {
    fn new(without: Without) -> Certified {
        let authority = Authority::new("ours");
        let place = Place::new();
        place.write("ca.pem", &authority.pem);
        place.write("client.pem", &authority.issue("suite"));
        Certified {
            place,
            server: TlsServer::start(&authority, without),
            authority,
        }
    }

    /// What the doctor makes of a client that authenticates so.
    fn doctor(&self, tls: &str, client: &str) -> Ran {
        let issuer = &self.server.issuer;
        let clients = format!("[[clients]]\nclient_id = \"suite\"\n{client}\n");
        let text = format!("issuer = \"{issuer}\"\n{tls}\n{clients}");
        self.place.write("target.toml", &text);
        self.place.run(&["doctor", "--target", "target.toml"])
    }
}

const CA: &str = "[tls]\nca = \"ca.pem\"";

#[test]
fn a_client_is_known_by_its_certificate() {
    for without in [Without::Refused, Without::Unknown] {
        let ran = Certified::new(without).doctor(CA, CERTIFIED).exits(0);
        ran.says(&[
            "credentials: they are accepted",
            "a deferral: it can be made",
        ]);
    }
    // The certificate may be one that only the client vouches for, as far as we are concerned.
    let own = CERTIFIED.replace("tls_client_auth", "self_signed_tls_client_auth");
    let ran = Certified::new(Without::Refused).doctor(CA, &own).exits(0);
    ran.says(&["credentials: they are accepted"]);
}

#[test]
fn a_client_without_a_certificate_is_the_setups() {
    let secret = "client_secret = \"a secret\"";
    let ran = Certified::new(Without::Refused).doctor(CA, secret).exits(2);
    ran.says(&[
        "credentials: your setup:",
        "does the server ask for a client certificate?",
    ]);
    let ran = Certified::new(Without::Unknown).doctor(CA, secret).exits(2);
    ran.says(&["credentials: your setup: they are refused", "certificate"]);
}

#[test]
fn a_certificate_that_the_server_does_not_trust_is_the_setups() {
    let setup = Certified::new(Without::Refused);
    let stranger = Authority::new("a stranger").issue("suite");
    setup.place.write("client.pem", &stranger);
    let ran = setup.doctor(CA, CERTIFIED).exits(2);
    ran.says(&[
        "credentials: your setup:",
        "does the server trust the client's `certificate`?",
    ]);
}

#[test]
fn a_server_is_trusted_by_the_authorities_in_ca_only() {
    let setup = Certified::new(Without::Refused);
    let untrusted = [
        "your setup: cannot read the metadata",
        "UnknownIssuer",
        "`tls`",
    ];
    setup.doctor("", CERTIFIED).exits(2).complains(&untrusted);
    setup
        .place
        .write("ca.pem", &Authority::new("a stranger").pem);
    setup.doctor(CA, CERTIFIED).exits(2).complains(&untrusted);
}

#[test]
fn a_file_that_holds_no_certificate_is_named() {
    let setup = Certified::new(Without::Refused);
    let refused = |name: &str, problem: &str, text: &str| {
        let before = setup.place.read(name);
        setup.place.write(name, text);
        let complaint = ["your setup", name, problem];
        setup.doctor(CA, CERTIFIED).exits(2).complains(&complaint);
        setup.place.write(name, &before);
    };
    refused("ca.pem", "does not hold certificate authorities in PEM", "");
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    refused(
        "ca.pem",
        "does not hold certificate authorities in PEM",
        broken,
    );
    let key_only = "does not hold a certificate and its key in PEM";
    refused("client.pem", key_only, "");
    refused("client.pem", key_only, &setup.authority.pem);
}
