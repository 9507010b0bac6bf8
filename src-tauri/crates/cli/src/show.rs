//! Answers as text for people. Everything here is a function of the answer and a [`View`]; nothing is asked,
//! read or written.

mod doctor;
mod engines;
mod enrollment;
mod entries;
mod images;
mod mark;
mod policy;
mod sign_in;
mod status;
mod text;
mod verdict;
mod view;
mod words;

pub(crate) use doctor::doctor;
pub(crate) use engines::{changes, engines, evidence, plans};
pub(crate) use enrollment::enrollment;
pub(crate) use entries::{blocked, log_line, missed, no_record};
pub(crate) use images::images;
pub(crate) use mark::{Mark, of_blocked, of_doctor, of_finding, of_status, signed};
pub(crate) use policy::{checked, policy};
pub(crate) use sign_in::sign_in;
pub(crate) use status::status;
pub(crate) use text::one_line;
pub(crate) use verdict::{explanation, why};
pub(crate) use view::View;
