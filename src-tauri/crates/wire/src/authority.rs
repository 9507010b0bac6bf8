//! Who may ask for what on the control socket. Who the asker is, the service learns from the kernel.

use crate::request::Request;

/// What a request needs of its asker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Authority {
    /// Nothing; answers about verdicts and images are narrowed to the asker's own and those of shared engines.
    Anyone,
    /// To be the person whose session the machine has, or an administrator.
    SessionOwner,
    /// To be root or authorized by the system.
    Administrator,
}

/// What a request needs of its asker.
///
/// Plans show engine configuration, which may hold passwords; checking again only reads. Anyone may sign in where
/// nobody has, and anyone may have the policy fetched anew, whom the service lets do so once in a while; whether one person may take the place of another, the session itself decides.
pub fn authority(request: &Request) -> Authority {
    match request {
        Request::Status
        | Request::Explain { .. }
        | Request::Why { .. }
        | Request::Blocked { .. }
        | Request::Log { .. }
        | Request::Watch
        | Request::Engines
        | Request::EnginesVerify { .. }
        | Request::Images
        | Request::SignIn { .. }
        | Request::PolicyShow
        | Request::PolicyRefresh
        | Request::Doctor { bundle: false } => Authority::Anyone,
        Request::SignOut => Authority::SessionOwner,
        Request::EnginesPlan { .. }
        | Request::EnginesApply { .. }
        | Request::EnginesRestore { .. }
        | Request::Reload
        | Request::Pause { .. }
        | Request::Resume
        | Request::Doctor { bundle: true } => Authority::Administrator,
    }
}

#[cfg(test)]
mod tests;
