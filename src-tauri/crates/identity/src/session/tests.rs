mod cases;
mod clocks;
mod model;
mod people;
mod rules;
mod sentences;
mod stage;
mod tokenless;

pub(crate) use stage::{ended_record, kept_record};
