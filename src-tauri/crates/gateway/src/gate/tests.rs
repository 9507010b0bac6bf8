//! Promises of the gateway as a whole, kept with real sockets on loopback.

mod authority;
mod away;
mod client;
mod corporate;
mod harness;
mod origin;
mod wire;

mod changes;
mod denial;
mod framing;
mod hosts;
mod lookasides;
mod mirror;
mod provenance;
mod push;
mod raw;
mod redirects;
mod refusals;
mod relay;
mod secrets;
mod spellings;
mod strangers;
mod tunnels;
mod upstream;
