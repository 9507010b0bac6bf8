//! Providers that organizations have: with the very recipe of the manual people sign in by browser and by code, the
//! session is renewed, and whoever does not belong is told so. What is registered otherwise is explained.

mod desk;
mod recipes;
mod refusals;
