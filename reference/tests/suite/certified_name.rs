//! Certificates that an authority issued (`tls_client_auth`, RFC 8705 Section 2.1): known by one name in them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dtr_reference::{AuthMethod, ClientConfig, Config, wire};
use http::{Request, StatusCode};
use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, KeyPair, SanType};
use serde_json::{Value, json};

use crate::support::*;

/// What a test does to a registration.
type Change = fn(&mut ClientConfig);

const NAMED: Client = Client::Public("service");
const SUBJECT: &str = r"CN=client\, the first,O=Example,C=DE";

/// What the front passes on: a fresh certificate, issued once more, with these names.
fn certificate(common_name: DnValue, dns: &str, uri: &str) -> String {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.distinguished_name = DistinguishedName::new();
    let printable = |text: &str| DnValue::PrintableString(text.try_into().unwrap());
    for (kind, value) in [
        (DnType::CountryName, printable("DE")),
        (DnType::OrganizationName, printable("Example")),
        (DnType::CommonName, common_name),
    ] {
        params.distinguished_name.push(kind, value);
    }
    params.subject_alt_names = vec![
        SanType::DnsName(dns.try_into().unwrap()),
        SanType::URI(uri.try_into().unwrap()),
    ];
    let key = KeyPair::generate().unwrap();
    STANDARD.encode(params.self_signed(&key).unwrap().der())
}

fn mine() -> String {
    let name = DnValue::Utf8String("client, the first".into());
    certificate(name, "Client.example", "https://client.example/me")
}

fn anothers() -> String {
    let name = DnValue::Utf8String("client".into());
    certificate(name, "other.example", "https://client.example/me/too")
}

/// The client `service` is known by what `name` sets.
fn config_with(name: impl FnOnce(&mut ClientConfig)) -> Config {
    let mut config = config();
    config.mtls.trust_client_cert_header = true;
    let client = &mut config.clients[0];
    client.auth_method = AuthMethod::Tls;
    client.client_secret = None;
    name(client);
    config
}

fn behind(call: Call, certificate: &str) -> Call {
    call.header("client-cert", format!(":{certificate}:"))
}

#[tokio::test]
async fn the_registered_name_authenticates_and_no_other() {
    let names: [Change; 5] = [
        |client| client.tls_client_auth_subject_dn = Some(SUBJECT.into()),
        // Another way to write the same.
        |client| {
            client.tls_client_auth_subject_dn =
                Some(r"CN=client\2C the first,O=Example,C=DE".into())
        },
        |client| client.tls_client_auth_san_dns = Some("client.example".into()),
        |client| client.tls_client_auth_san_dns = Some("CLIENT.example".into()),
        |client| client.tls_client_auth_san_uri = Some("https://client.example/me".into()),
    ];
    for (index, name) in names.into_iter().enumerate() {
        let world = World::new(config_with(name));
        let call = || Call::token("client_credentials").by(NAMED);
        for refused in [
            call(),
            behind(call(), &anothers()),
            behind(call(), &STANDARD.encode("no certificate")),
            behind(Call::token("client_credentials").by(SERVICE), &mine()),
        ] {
            let answer = world.send(refused).await;
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{index}: {}",
                answer.text()
            );
            assert_eq!(answer.error(), "invalid_client", "{index}");
        }
        let token = world.send(behind(call(), &mine())).await;
        assert!(
            token.token().claims()["cnf"]["x5t#S256"].is_string(),
            "{index}"
        );
    }
}

/// The order of a distinguished name counts, and so do its parts.
#[tokio::test]
async fn another_subject_is_another_client() {
    for subject in [
        r"C=DE,O=Example,CN=client\, the first",
        r"CN=client\, the first,O=Example",
        r"CN=client\, the first,O=EXAMPLE,C=DE",
    ] {
        let config = config_with(|client| client.tls_client_auth_subject_dn = Some(subject.into()));
        let world = World::new(config);
        let call = Call::token("client_credentials").by(NAMED);
        let answer = world.send(behind(call, &mine())).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{subject}");
    }
}

/// C-53/A: a certificate that was issued again authenticates the client, but is not the one the code is bound to.
#[tokio::test]
async fn a_code_is_bound_to_the_certificate_and_not_to_its_name() {
    let config = config_with(|client| client.tls_client_auth_subject_dn = Some(SUBJECT.into()));
    let world = World::new(config);
    let (first, reissued) = (mine(), mine());
    let answer = world.send(behind(initial(NAMED), &first)).await;
    let code = answer
        .refused("authorization_pending")
        .member("deferral_code");
    let answer = world.send(behind(poll(NAMED, &code), &reissued)).await;
    answer.refused("invalid_grant");
    let answer = world.send(behind(poll(NAMED, &code), &first)).await;
    answer.refused("authorization_pending");
}

/// Exactly one name with this method, none with others, and one that can be compared.
#[test]
fn a_registration_that_could_not_be_matched_is_refused() {
    let wrongs: [(Change, &str); 7] = [
        (|_| (), "tls_client_auth_subject_dn: is missing"),
        (
            |client| {
                client.tls_client_auth_subject_dn = Some(SUBJECT.into());
                client.tls_client_auth_san_dns = Some("client.example".into());
            },
            "keep exactly one of them",
        ),
        (
            |client| client.tls_client_auth_subject_dn = Some("the first client".into()),
            "tls_client_auth_subject_dn: is not a distinguished name",
        ),
        (
            |client| client.tls_client_auth_subject_dn = Some(" ".into()),
            "tls_client_auth_subject_dn: is not a distinguished name",
        ),
        (
            |client| client.tls_client_auth_san_dns = Some(String::new()),
            "tls_client_auth_san_dns: is not a DNS name",
        ),
        (
            |client| client.tls_client_auth_san_uri = Some("client".into()),
            "tls_client_auth_san_uri: is not a URI",
        ),
        (
            |client| {
                client.auth_method = AuthMethod::None;
                client.grant_types.clear();
                client.tls_client_auth_san_uri = Some("https://client.example/me".into());
            },
            "tls_client_auth_san_uri: is looked at with tls_client_auth only",
        ),
    ];
    for (wrong, words) in wrongs {
        let told = config_with(wrong).validate().expect_err(words).to_string();
        assert!(told.contains(words), "{told}");
        assert!(told.starts_with("clients[service]."), "{told}");
    }
}

#[tokio::test]
async fn metadata_list_the_method_and_clients_register_for_it() {
    let mut config = config();
    config.registration.open = true;
    config.mtls.trust_client_cert_header = true;
    let world = World::new(config);
    let metadata = world.get(wire::METADATA).await.json();
    for endpoint in ["token", "revocation"] {
        let methods = &metadata[format!("{endpoint}_endpoint_auth_methods_supported")];
        let methods = methods.as_array().unwrap();
        assert!(methods.contains(&json!("tls_client_auth")), "{methods:?}");
    }
    let mut client = json!({
        "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "tls_client_auth",
        "scope": "profile",
        "tls_client_auth_subject_dn": SUBJECT,
    });
    let registered = register(&world, &client).await;
    assert_eq!(
        registered.status,
        StatusCode::CREATED,
        "{}",
        registered.text()
    );
    assert_eq!(registered.member("tls_client_auth_subject_dn"), SUBJECT);
    assert!(registered.json().get("client_secret").is_none());
    let call = Call::token("client_credentials").with("client_id", &registered.member("client_id"));
    world.send(behind(call, &mine())).await.token();

    client["tls_client_auth_san_dns"] = json!("client.example");
    let refused = register(&world, &client).await;
    assert_eq!(refused.error(), "invalid_client_metadata");
    let why = refused.member("error_description");
    assert!(why.starts_with("tls_client_auth_subject_dn: "), "{why}");
}

async fn register(world: &World, metadata: &Value) -> Answer {
    let request = Request::post("/register").header("content-type", "application/json");
    let request = request.body(metadata.to_string().into()).unwrap();
    world.raw(request).await.unwrap()
}
