//! Speaks to a proxy: HTTP and SOCKS 5, HTTP inside TLS as well, with the login it is to be shown.

mod connect;
mod probe;
mod socks;

use std::{sync::Arc, time::Duration};

use egress::{ProxyScheme, ProxySource, ProxyUrl, RefusedLogins, Resting, Showing, TRIAL};
use http1::Stream;
use policy_text::render::ProxyProblem;
use rustls::ClientConfig;
use tokio::time::{Instant, timeout};

use super::{AtProxy, Destination, Problem, Scheme, dial};

pub(crate) use connect::login_problem;
pub use probe::{ProxyAnswer, probe_proxy};

/// What a proxy has for its answer. Docker Engine gives up after 15 s, and nobody would read the reason.
const PATIENCE: Duration = Duration::from_secs(12);

/// A proxy on the way, as one request needs it.
#[derive(Clone, Debug)]
pub(crate) struct Hop {
    pub(crate) proxy: ProxyUrl,
    pub(crate) source: ProxySource,
    pub(crate) logins: Arc<RefusedLogins>,
}

/// What came of asking a proxy for a place, when it is no stream.
enum Refusal {
    /// It did not accept the login, or wants one.
    Login(ProxyProblem),
    Other(ProxyProblem),
}

impl Hop {
    /// A stream to the place, or to the proxy itself where plain requests are addressed to it in absolute form.
    pub(crate) async fn open(
        &self,
        destination: &Destination,
        trust: Option<Arc<ClientConfig>>,
    ) -> Result<Stream, Problem> {
        if self.is_absolute(destination) {
            return self.reach(trust).await;
        }
        let showing = self.show().await?;
        let stream = self.reach(trust).await?;
        let asked = async {
            match self.proxy.scheme {
                ProxyScheme::Http | ProxyScheme::Https => {
                    connect::through(stream, destination, self.proxy.login()).await
                }
                ProxyScheme::Socks5 => socks::through(stream, destination, self.proxy.login()).await,
            }
        };
        let answer = timeout(PATIENCE, asked).await.unwrap_or_else(|_| {
            let why = format!("nothing came for {PATIENCE:?}");
            Err(Refusal::Other(ProxyProblem::NoAnswer { why }))
        });
        match answer {
            Ok(stream) => {
                showing.accepted(&self.proxy, &self.source);
                Ok(stream)
            }
            Err(Refusal::Login(problem)) => {
                showing.refused(&self.proxy, &self.source);
                Err(self.problem(problem))
            }
            // It let the request in and says what became of it.
            Err(Refusal::Other(problem @ (ProxyProblem::Denied { .. } | ProxyProblem::Failed { .. }))) => {
                showing.accepted(&self.proxy, &self.source);
                Err(self.problem(problem))
            }
            Err(Refusal::Other(problem)) => Err(self.problem(problem)),
        }
    }

    /// Whether plain requests are addressed to the proxy itself.
    pub(crate) fn is_absolute(&self, destination: &Destination) -> bool {
        destination.scheme == Scheme::Http && self.proxy.scheme != ProxyScheme::Socks5
    }

    /// Waits for leave to show the login.
    pub(crate) async fn show(&self) -> Result<Showing, Problem> {
        let clock = || Instant::now().into_std();
        match timeout(TRIAL, self.logins.show(&self.proxy, clock)).await {
            Ok(Ok(showing)) => Ok(showing),
            Ok(Err(Resting)) => {
                let user = self.proxy.login().map(|login| login.name().into_owned()).unwrap_or_default();
                Err(self.problem(ProxyProblem::LoginRefused { user }))
            }
            Err(_) => Ok(self.logins.show_untried(&self.proxy, clock)),
        }
    }

    pub(crate) fn problem(&self, problem: ProxyProblem) -> Problem {
        Problem::Proxy(Box::new(AtProxy {
            address: self.proxy.address(),
            whose: self.source.clone(),
            problem,
        }))
    }

    async fn reach(&self, trust: Option<Arc<ClientConfig>>) -> Result<Stream, Problem> {
        reach(&self.proxy, trust).await.map_err(|problem| self.problem(problem))
    }
}

/// A stream to the proxy, inside TLS where it wants that.
async fn reach(proxy: &ProxyUrl, trust: Option<Arc<ClientConfig>>) -> Result<Stream, ProxyProblem> {
    let socket = dial::connect(&proxy.host, proxy.port).await.map_err(|problem| match problem {
        Problem::Unreachable { problem: why, .. } | Problem::NoWayOut { problem: why, .. } => {
            ProxyProblem::Unreachable { why }
        }
        Problem::Certificate { problem, .. } => ProxyProblem::Certificate(problem),
        problem @ (Problem::NoTls { .. } | Problem::Damaged { .. }) => {
            ProxyProblem::NoAnswer { why: problem.words() }
        }
        Problem::Token { message: why, .. } => ProxyProblem::NoAnswer { why },
        Problem::Proxy(at) => at.problem,
    })?;
    let Some(trust) = trust else { return Ok(Stream::Plain(socket)) };
    dial::secure(Stream::Plain(socket), &proxy.host, trust).await.map_err(|problem| match problem {
        Problem::Certificate { problem, .. } => ProxyProblem::Certificate(problem),
        Problem::Unreachable { problem: why, .. } | Problem::NoWayOut { problem: why, .. } => {
            ProxyProblem::NoAnswer { why }
        }
        Problem::NoTls { .. } => ProxyProblem::NoAnswer { why: "it speaks no TLS".to_owned() },
        problem @ Problem::Damaged { .. } => ProxyProblem::NoAnswer { why: problem.words() },
        Problem::Token { message: why, .. } => ProxyProblem::NoAnswer { why },
        Problem::Proxy(at) => at.problem,
    })
}
