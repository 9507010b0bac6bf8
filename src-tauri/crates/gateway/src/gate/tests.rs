//! Promises of the gateway as a whole, kept with real sockets on loopback.

mod authority;
mod client;
mod corporate;
mod origin;
mod stage;
mod wire;

mod denial;
mod framing;
mod hosts;
mod mirror;
mod moment;
mod provenance;
mod push;
mod redirects;
mod relay;
mod secrets;
mod tunnels;
mod upstream;
