//! Races: a server that is right one request at a time and wrong when two come at once is caught, and one that is
//! right passes.

#[path = "races/found.rs"]
mod found;
#[path = "races/hasty.rs"]
mod hasty;
#[path = "races/nodes.rs"]
mod nodes;
#[path = "../src/farm/hasty.rs"]
mod operations;
