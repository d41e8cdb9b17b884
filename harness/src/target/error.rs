//! Why a target could not be set up.

use super::failure::TransportFailure;
use super::transport::TlsError;

/// A target that cannot be used, and what to do about it. No verdict is possible then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A socket could not be opened.
    #[error("cannot listen on the loopback interface: {0}")]
    Listen(#[from] std::io::Error),
    /// The address that the target file gives the receiver cannot be listened at.
    #[error("cannot listen for callbacks at {address}: {cause}; look at `listen` in [receiver]")]
    Receiver {
        /// Which address.
        address: std::net::SocketAddr,
        /// Why not.
        cause: std::io::Error,
    },
    /// The receiver's certificate could not be made.
    #[error("cannot make a certificate for the callback receiver: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The receiver's TLS could not be configured.
    #[error("cannot set up TLS for the callback receiver: {0}")]
    Tls(#[from] rustls::Error),
    /// The HTTP client could not be built.
    #[error("cannot set up the HTTP client: {0}")]
    Client(#[from] TlsError),
    /// The bundled server refuses its configuration.
    #[error("cannot start the bundled server: {0}")]
    Bundled(#[from] dtr_reference::config::ConfigError),
    /// The bundled server does not serve the edition that it is judged by.
    #[error("cannot start the bundled server: {0}")]
    BundledEdition(#[from] dtr_reference::edition::UnknownEdition),
    /// The bundled server does not start.
    #[error("cannot start the bundled server: {0}")]
    BundledSetup(#[from] dtr_reference::SetupError),
    /// The client under test is a program that does not start.
    #[error(
        "cannot start `{program}`: {cause}; after -- goes the client as a program with its arguments"
    )]
    Program {
        /// Which program.
        program: String,
        /// Why not.
        cause: std::io::Error,
    },
    /// An address is no URL.
    #[error("`{what}` is not a URL ({value}): write it out with its scheme")]
    Url {
        /// Which address.
        what: &'static str,
        /// What it says.
        value: String,
    },
    /// The metadata document could not be fetched.
    #[error("cannot read the metadata at {url}: {cause}")]
    Metadata {
        /// Where it should be.
        url: String,
        /// Why it could not be read.
        cause: MetadataError,
    },
    /// A file that the target file names.
    #[error("cannot read {path}: {cause}")]
    File {
        /// Which file.
        path: std::path::PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// A certificate or key that the target file names.
    #[error("{path} does not hold a certificate and its key in PEM: {problem}")]
    Pem {
        /// Which file.
        path: std::path::PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A file of certificate authorities that the target file names.
    #[error("{path} does not hold certificate authorities in PEM: {problem}")]
    Authorities {
        /// Which file.
        path: std::path::PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The server's limits leave no room for the ticks of a trace.
    #[error(
        "an interval of {interval} s and a lifetime of {lifetime} s leave no room for {ticks} distinct waits; \
         have the server use a longer lifetime for the test"
    )]
    Pace {
        /// Seconds between polls.
        interval: u64,
        /// Seconds that a code lives.
        lifetime: u64,
        /// Ticks of a lifetime.
        ticks: u8,
    },
    /// A control request failed while setting up.
    #[error("cannot use the control API: {0}")]
    Control(TransportFailure),
}

/// What is wrong with a metadata document (RFC 8414).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// It did not come.
    #[error(transparent)]
    Transport(#[from] TransportFailure),
    /// Another status than 200.
    #[error("status {0}; is the issuer right?")]
    Status(u16),
    /// Not a JSON object.
    #[error("it is not a JSON object")]
    NotJson,
    /// A member that every request needs.
    #[error("`{0}` is missing or not a URL")]
    Member(&'static str),
}
