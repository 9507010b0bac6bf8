//! Why a registry gave no answer: each cause known exactly has a sentence of its own, and advice that fits it alone.

/// What stood between here and a registry, where that is known exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnreachableCause {
    /// Nothing listens at its port.
    Refused,
    /// Its name has no address.
    NoAddress,
    /// No connection came about in time.
    Silent,
    /// It took the request, and nothing came back.
    NoAnswer,
    /// What came back is no answer of HTTP.
    Malformed,
    /// The connection ended in the middle.
    BrokeOff,
    /// The machine has no way there.
    NoRoute,
    /// It speaks plain HTTP where TLS was expected.
    NoTls,
    /// It wants a client certificate, and the one it wants is not here.
    ClientCertificate,
    /// It has no version of TLS, cipher or key exchange in common with this program.
    OtherTls,
    /// Speaking TLS with it failed in another way.
    TlsFailed,
    /// This machine has no descriptor or memory left for a connection.
    NoRoom,
    /// It was silent when the engine asked how to log in, and is there now.
    TooLate,
}

impl UnreachableCause {
    /// Every cause.
    pub const ALL: [Self; 13] = [
        Self::Refused,
        Self::NoAddress,
        Self::Silent,
        Self::NoAnswer,
        Self::Malformed,
        Self::BrokeOff,
        Self::NoRoute,
        Self::NoTls,
        Self::ClientCertificate,
        Self::OtherTls,
        Self::TlsFailed,
        Self::NoRoom,
        Self::TooLate,
    ];

    /// The cause in a few words that go with the host's name, as the journal keeps it.
    pub const fn in_short(self) -> &'static str {
        match self {
            Self::Refused => "it refused the connection",
            Self::NoAddress => "its name has no address",
            Self::Silent => "it did not answer in time",
            Self::NoAnswer => "it took the request and did not answer",
            Self::Malformed => "it does not answer in proper HTTP",
            Self::BrokeOff => "it broke off the connection",
            Self::NoRoute => "there is no route to it",
            Self::NoTls => "it speaks no TLS, and is not among the insecure registries of this machine",
            Self::ClientCertificate => {
                "it asks for a client certificate that this machine does not have for you"
            }
            Self::OtherTls => {
                "it and Pullgate have no kind of TLS in common (1.2 with ECDHE and AEAD, or 1.3)"
            }
            Self::TlsFailed => "it does not speak TLS as expected",
            Self::NoRoom => "Pullgate had no room for another connection",
            Self::TooLate => "it did not answer when the engine asked how to log in, and does now",
        }
    }

    /// The cause behind such words.
    pub fn of(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.in_short() == words)
    }

    /// What happened, and what to do.
    pub(super) fn words(self, host: &str) -> (String, &'static str) {
        let does = |what: &str| format!("{host} {what}");
        match self {
            Self::Refused => (
                does("refused the connection"),
                "Check the port in the name; if it is right, nothing runs there now",
            ),
            Self::NoAddress => (
                format!("the name {host} has no address"),
                "Check the spelling; if it is right, check DNS and the VPN of this machine",
            ),
            Self::Silent => (
                does("did not answer in time"),
                "Check the VPN, and whether a firewall lets this machine go there",
            ),
            Self::NoAnswer => (
                does("took the request and did not answer"),
                "Try again; if it stays so, ask whoever runs the registry",
            ),
            Self::Malformed => (
                does("does not answer in proper HTTP"),
                "Try again; if it stays so, ask whoever runs the registry or the proxy before it",
            ),
            Self::BrokeOff => (
                does("broke off the connection"),
                "Try again; if it stays so, ask whoever runs the registry or the firewall before it",
            ),
            Self::NoRoute => (
                format!("there is no route to {host}"),
                "Check whether the network and the VPN of this machine are up",
            ),
            Self::NoTls => (
                does("speaks no TLS, and is not among the insecure registries of this machine"),
                "List it among those of your engine if that is meant",
            ),
            Self::ClientCertificate => (
                does("asks for a client certificate that this machine does not have for you"),
                "Put it into certs.d of your engine",
            ),
            Self::OtherTls => (
                does("and Pullgate have no kind of TLS in common (1.2 with ECDHE and AEAD, or 1.3)"),
                "Whoever runs the registry has to enable one of these",
            ),
            Self::TlsFailed => (
                does("does not speak TLS as expected"),
                "Check the port in the name; if it is right, ask whoever runs the registry",
            ),
            Self::NoRoom => (
                format!("Pullgate had no room for another connection, to {host}"),
                "Try again when fewer pulls run; if it stays so, restart pullgate.service",
            ),
            Self::TooLate => {
                (does("did not answer when the engine asked how to log in, and does now"), "Try again")
            }
        }
    }
}
