//! The relation against the catalogue: what each reading of each question
//! answers, and that an open question is the union of its readings.

mod direct;
mod facts;
mod readings;
mod sets;
