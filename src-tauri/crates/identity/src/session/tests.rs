mod cases;
mod clocks;
mod model;
mod people;
mod sentences;
mod stage;

pub(crate) use stage::kept_record;
