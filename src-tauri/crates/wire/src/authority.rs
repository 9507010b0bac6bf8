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
        | Request::Activity { .. }
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
mod tests {
    use super::*;
    use crate::SignInMethod;

    fn needs(authority_needed: Authority, requests: impl IntoIterator<Item = Request>) {
        for request in requests {
            assert_eq!(authority(&request), authority_needed, "{request:?}");
        }
    }

    #[test]
    fn anyone_may_ask_for_the_status() {
        needs(Authority::Anyone, [Request::Status]);
    }

    #[test]
    fn anyone_may_have_an_image_explained() {
        needs(Authority::Anyone, [Request::Explain { image: "nginx".into() }]);
    }

    #[test]
    fn anyone_may_ask_for_the_verdicts_they_may_see() {
        let log = |follow| Request::Log { since: None, follow };
        needs(
            Authority::Anyone,
            [
                Request::Why { id: None },
                Request::Blocked { since: None, limit: None },
                log(false),
                log(true),
                Request::Activity { from: Vec::new() },
            ],
        );
    }

    #[test]
    fn anyone_may_watch() {
        needs(Authority::Anyone, [Request::Watch]);
    }

    #[test]
    fn anyone_may_see_the_engines_and_check_again() {
        needs(Authority::Anyone, [Request::Engines, Request::EnginesVerify { engine: None }]);
    }

    #[test]
    fn anyone_may_see_the_images_that_are_theirs_or_everybodys() {
        needs(Authority::Anyone, [Request::Images]);
    }

    #[test]
    fn anyone_may_see_the_policy() {
        needs(Authority::Anyone, [Request::PolicyShow]);
    }

    #[test]
    fn anyone_may_check_the_installation_but_only_administrators_bundle_it() {
        needs(Authority::Anyone, [Request::Doctor { bundle: false }]);
        needs(Authority::Administrator, [Request::Doctor { bundle: true }]);
    }

    #[test]
    fn only_administrators_see_what_engine_files_hold() {
        needs(Authority::Administrator, [Request::EnginesPlan { engine: None }]);
    }

    #[test]
    fn only_administrators_change_engines_dry_runs_included() {
        let both = [true, false];
        let apply = |dry_run| Request::EnginesApply {
            engine: None,
            dry_run,
            may_stop_containers: false,
            progress: true,
        };
        let restore = |dry_run| Request::EnginesRestore { engine: None, dry_run, may_stop_containers: false };
        needs(Authority::Administrator, both.map(apply));
        needs(Authority::Administrator, both.map(restore));
    }

    #[test]
    fn anyone_may_have_the_policy_fetched_anew() {
        needs(Authority::Anyone, [Request::PolicyRefresh]);
    }

    #[test]
    fn only_administrators_have_the_enrollment_read_again() {
        needs(Authority::Administrator, [Request::Reload]);
    }

    #[test]
    fn only_administrators_pause_and_resume() {
        let pause = Request::Pause { seconds: 60, reason: "outage".into() };
        needs(Authority::Administrator, [pause, Request::Resume]);
    }

    #[test]
    fn anyone_may_sign_in_and_the_session_is_ended_by_its_owner() {
        needs(Authority::Anyone, [Request::SignIn { method: SignInMethod::Browser }]);
        needs(Authority::SessionOwner, [Request::SignOut]);
    }
}
