//! Which hosts there are, where they live and what each of them plays.

/// A host of the small internet.
pub(crate) struct Site {
    pub(crate) name: &'static str,
    pub(crate) address: &'static str,
    pub(crate) role: Role,
}

/// What a host plays.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    Registry(Registry),
    /// A token server on a host of its own.
    Tokens,
    /// Delivers blobs behind signed addresses.
    Content,
    /// Sends every `/v2/…` to another registry's.
    Redirector {
        to: &'static str,
    },
    Files,
    Git,
    /// Docker Hub's web interface.
    Hub,
    /// A web host; its content comes from a program of the laptop that listens here, if one was wanted.
    Web {
        behind: &'static str,
    },
}

/// How a registry learns who is asking.
#[derive(Clone, Copy)]
pub(crate) enum Access {
    /// Everyone may do everything.
    Open,
    /// A name and a password with every request; without, nothing.
    Basic,
    /// Bearer tokens from this address.
    Tokens(&'static str),
}

/// A registry's habits.
#[derive(Clone, Copy)]
pub(crate) struct Registry {
    /// The name under which its repositories are known, and their folder in the warehouse.
    pub(crate) name: &'static str,
    pub(crate) folder: &'static str,
    pub(crate) access: Access,
    pub(crate) service: &'static str,
    /// The host that delivers its blobs; without, it does so itself.
    pub(crate) content: Option<&'static str>,
}

const HUB: Role = Role::Registry(Registry {
    name: "docker.io",
    folder: "docker.io",
    access: Access::Tokens("https://auth.docker.io/token"),
    service: "registry.docker.io",
    content: Some("production.cloudflare.docker.com"),
});
const GHCR: Role = Role::Registry(Registry {
    name: "ghcr.io",
    folder: "ghcr.io",
    access: Access::Tokens("https://ghcr.io/token"),
    service: "ghcr.io",
    content: Some("pkg-containers.githubusercontent.com"),
});
const QUAY: Role = Role::Registry(Registry {
    name: "quay.io",
    folder: "quay.io",
    access: Access::Tokens("https://quay.io/v2/auth"),
    service: "quay.io",
    content: None,
});
/// In Azure's manner: its tokens are given for refresh tokens too.
const AZURE: Role = Role::Registry(Registry {
    access: Access::Tokens("https://acme.azurecr.io/oauth2/token"),
    ..open("acme.azurecr.io")
});
const HARBOR: Role = Role::Registry(Registry { access: Access::Basic, ..open("harbor.acme.example") });
const INSECURE: Role = Role::Registry(Registry { folder: "203.0.113.20_5000", ..open("203.0.113.20:5000") });

/// Every host; several names may play one registry.
pub(crate) const SITES: &[Site] = &[
    site("registry-1.docker.io", "203.0.113.10", HUB),
    site("index.docker.io", "203.0.113.10", HUB),
    site("registry.hub.docker.com", "203.0.113.10", HUB),
    site("docker.io", "203.0.113.10", HUB),
    site("auth.docker.io", "203.0.113.10", Role::Tokens),
    site("hub.docker.com", "203.0.113.10", Role::Hub),
    site("production.cloudflare.docker.com", "203.0.113.11", Role::Content),
    site("pkg-containers.githubusercontent.com", "203.0.113.11", Role::Content),
    site("ghcr.io", "203.0.113.12", GHCR),
    site("quay.io", "203.0.113.12", QUAY),
    site("registry.k8s.io", "203.0.113.12", Role::Redirector { to: "us-west1-docker.pkg.dev/v2/k8s/images" }),
    site("us-west1-docker.pkg.dev", "203.0.113.12", Role::Registry(open("us-west1-docker.pkg.dev"))),
    site("registry.acme.example", "203.0.113.13", Role::Registry(open("registry.acme.example"))),
    site("harbor.acme.example", "203.0.113.13", HARBOR),
    site("expired.example", "203.0.113.13", Role::Registry(open("expired.example"))),
    site("wronghost.example", "203.0.113.13", Role::Registry(open("wronghost.example"))),
    site("foreign.example", "203.0.113.13", Role::Registry(open("foreign.example"))),
    site("cache.acme.example", "203.0.113.13", Role::Registry(open("cache.acme.example"))),
    site("gcr.io", "203.0.113.13", Role::Registry(open("gcr.io"))),
    site("mcr.microsoft.com", "203.0.113.13", Role::Registry(open("mcr.microsoft.com"))),
    site("cgr.dev", "203.0.113.13", Role::Registry(open("cgr.dev"))),
    site("acme.azurecr.io", "203.0.113.13", AZURE),
    site("login.acme.example", "203.0.113.13", Role::Web { behind: "127.0.0.1:7001" }),
    site("policy.acme.example", "203.0.113.13", Role::Web { behind: "127.0.0.1:7002" }),
    site("files.example", "203.0.113.14", Role::Files),
    site("git.example", "203.0.113.14", Role::Git),
    site("203.0.113.20:5000", "203.0.113.20", INSECURE),
];

impl Registry {
    /// The address of its token server, if it has one.
    pub(crate) fn realm(self) -> Option<&'static str> {
        match self.access {
            Access::Tokens(realm) => Some(realm),
            Access::Open | Access::Basic => None,
        }
    }
}

/// The host of this name, which may carry the scheme's own port.
pub(crate) fn find(host: &str) -> Option<&'static Site> {
    let plain = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(host);
    SITES.iter().find(|site| site.name.eq_ignore_ascii_case(plain))
}

/// The folder of a registry in the warehouse.
pub(crate) fn folder(registry: &str) -> Option<&'static str> {
    SITES.iter().find_map(|site| match site.role {
        Role::Registry(known) if known.name == registry => Some(known.folder),
        Role::Registry(_)
        | Role::Tokens
        | Role::Content
        | Role::Redirector { .. }
        | Role::Files
        | Role::Git
        | Role::Hub
        | Role::Web { .. } => None,
    })
}

const fn site(name: &'static str, address: &'static str, role: Role) -> Site {
    Site { name, address, role }
}

const fn open(name: &'static str) -> Registry {
    Registry { name, folder: name, access: Access::Open, service: name, content: None }
}
