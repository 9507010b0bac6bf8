//! Signed policies on their way to a machine: made, published, fetched, refused, ended, and believed again.

mod away;
mod bad;
mod bad_documents;
mod desk;
mod ended;
mod fetched;
mod hub;
mod kept;
mod keys;
mod large;
mod switches;
