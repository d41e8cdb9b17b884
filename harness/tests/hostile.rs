//! Servers that are broken or malicious below OAuth. Each gets a clear verdict in time and in little memory: a failure
//! for what a peer may not say, no verdict for what never arrived, a pass never. And the run goes on.

#[path = "shared/bare.rs"]
mod bare;
#[path = "hostile/bodies.rs"]
mod bodies;
#[path = "hostile/connections.rs"]
mod connections;
#[path = "hostile/fuzz.rs"]
mod fuzz;
#[path = "hostile/memory.rs"]
mod memory;
#[path = "hostile/support.rs"]
mod support;
#[path = "hostile/tls.rs"]
mod tls;
