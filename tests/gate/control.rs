//! The doors of the service: its socket under bad and heavy use, who may ask for what, both fronts under malformed
//! requests, and the pause that an administrator makes.

mod crowd;
mod fronts;
mod pause;
mod people;
mod socket;
mod wire;
