//! The driver against the bundled server, over both transports, and against forged answers.

#[path = "shared/bare.rs"]
mod bare;
#[path = "driver/bundled.rs"]
mod bundled;
#[path = "driver/forged.rs"]
mod forged;
#[path = "driver/forgery.rs"]
mod forgery;
#[path = "driver/transport.rs"]
mod transport;
