//! A session in words: what, why, what now.

use jiff::{Timestamp, Zoned};

use super::{Failure, Hindrance, Needed, State};

const SIGN_IN: &str = "Run `pullgate sign-in`";
/// How a provider comes to give a refresh token, as the end of a sentence that asks for it.
pub const GIVE_ONE: &str = "let it give one: the scope `offline_access`, or for Google `access_type` and `prompt` in `identity.parameters`";

/// The sentence for people in the organization named so; times are told in the zone of `now`.
#[must_use]
pub fn sentence(state: &State, organization: &str, now: &Zoned) -> String {
    match state {
        State::SignedIn { person } => format!("You are signed in to {organization} as `{}`.", person.account),
        State::Renewing { person } => {
            format!("You are signed in to {organization} as `{}`; this is being confirmed.", person.account)
        }
        State::OfflineGrace { since, until, why, .. } => grace(*since, *until, why, organization, now),
        State::SignInNeeded { why } => needed(why, organization, now),
        State::WrongOrganization { account, required } => format!(
            "The account `{account}` is not in {organization}, which requires {required}. {SIGN_IN} with your \
             account there, or ask {organization} to add this one."
        ),
        State::ClaimsMissing { claim, too_many: false } => format!(
            "Your sign-in did not tell whether you belong to {organization}: the identity provider sent no \
             `{claim}`. Either this account has none there, or the provider is not set up to send it: ask {organization} \
             which, then run `pullgate sign-in`."
        ),
        State::ClaimsMissing { claim, too_many: true } => format!(
            "Your sign-in did not tell whether you belong to {organization}: you are in so many groups that the \
             identity provider left `{claim}` out. Ask {organization} to limit it to the groups of this \
             application, then run `pullgate sign-in`."
        ),
    }
}

fn grace(since: Timestamp, until: Timestamp, why: &Hindrance, organization: &str, now: &Zoned) -> String {
    let (since, until) = (time(since, now), time(until, now));
    match why {
        Hindrance::Failed { failure } => format!(
            "Your sign-in could not be renewed since {since} ({}); images keep working until {until}. {}.",
            in_short(failure),
            advice(failure)
        ),
        Hindrance::SignInAgain => format!(
            "Your sign-in can no longer be renewed since {since} (an answer of the identity provider got lost); \
             images keep working until {until}. {SIGN_IN} before then."
        ),
        Hindrance::NoRefreshToken => format!(
            "Your sign-in cannot be renewed, because the identity provider gave no refresh token; images keep \
             working until {until}. {SIGN_IN} before then, and ask {organization} to {GIVE_ONE}."
        ),
    }
}

fn needed(why: &Needed, organization: &str, now: &Zoned) -> String {
    match why {
        Needed::Never => {
            format!("Nobody is signed in to {organization} on this machine. {SIGN_IN} to use images.")
        }
        Needed::SignedOut => {
            format!("The sign-in to {organization} on this machine was ended. {SIGN_IN} to use images again.")
        }
        Needed::Revoked { account } => format!(
            "`{account}` was signed out by the identity provider of {organization}. {SIGN_IN} to use images again."
        ),
        Needed::AccountChanged { account, found } => format!(
            "This machine was signed in as `{account}`, but the identity provider of {organization} now answers \
             for `{found}`. {SIGN_IN} with the account you want to use."
        ),
        Needed::ProviderChanged => {
            format!("{organization} signs people in with another identity provider than before. {SIGN_IN}.")
        }
        Needed::OfflineTooLong { account, ended, why } => {
            let (reason, then) = run_out(why.as_ref(), organization);
            let ended = time(*ended, now);
            format!(
                "The sign-in of `{account}` to {organization} could not be renewed{reason} and ran out at {ended}. {then}."
            )
        }
        Needed::Unreadable => format!(
            "The sign-in to {organization} that was kept on this machine cannot be read. {SIGN_IN} to begin a new one."
        ),
    }
}

/// Why the grace ended, and whether waiting helps.
fn run_out(why: Option<&Hindrance>, organization: &str) -> (String, String) {
    let comeback =
        || format!("It comes back by itself once the provider answers; to try at once, {}", lower(SIGN_IN));
    match why {
        Some(Hindrance::Failed { failure }) => (format!(" in time ({})", in_short(failure)), comeback()),
        Some(Hindrance::SignInAgain) => {
            (" in time (an answer of the identity provider got lost)".to_owned(), SIGN_IN.to_owned())
        }
        Some(Hindrance::NoRefreshToken) => (
            " (the identity provider gave no refresh token)".to_owned(),
            format!("{SIGN_IN}, and ask {organization} to {GIVE_ONE}"),
        ),
        None => (" in time".to_owned(), comeback()),
    }
}

/// What went wrong in a few words, for parentheses.
fn in_short(failure: &Failure) -> String {
    match failure {
        Failure::NoNetwork => "no network".to_owned(),
        Failure::NameUnknown { host } => format!("the name `{host}` was not found"),
        Failure::Unreachable { host } => format!("`{host}` cannot be reached"),
        Failure::Proxy { problem } => problem.clone(),
        Failure::NoAnswer => "the identity provider did not answer".to_owned(),
        Failure::Certificate { host, problem } => {
            format!("the certificate of `{host}` is not trusted: {problem}")
        }
        Failure::Portal => "the network shows a page of its own".to_owned(),
        Failure::Unavailable { status } => format!("the identity provider has trouble: {status}"),
        Failure::Busy { .. } => "the identity provider has too many requests".to_owned(),
        Failure::Misconfigured { code } => format!("the identity provider refuses Pullgate itself: `{code}`"),
        Failure::Unusable { problem } => format!("the identity provider's answer was not usable: {problem}"),
        Failure::NotKept => "the session cannot be written to disk".to_owned(),
        Failure::NoSecret { problem } => {
            format!("the client secret that the enrollment names cannot be had: {problem}")
        }
    }
}

fn advice(failure: &Failure) -> String {
    let retry = "It is tried again by itself";
    match failure {
        Failure::NoNetwork => "It is renewed by itself when the network is back".to_owned(),
        Failure::NameUnknown { .. } | Failure::Unreachable { .. } => {
            format!("{retry}; check the network, the VPN and the proxy")
        }
        Failure::Proxy { .. } => format!("{retry} when the proxy lets it through"),
        Failure::Portal => {
            "Open a browser and sign in to the network; then it is renewed by itself".to_owned()
        }
        Failure::NoAnswer | Failure::Unavailable { .. } | Failure::Busy { .. } => {
            format!("{retry}; nothing to do unless it lasts")
        }
        Failure::Certificate { .. } => {
            format!("{retry}; check the clock of this machine, and sign in to the network if it asks you to")
        }
        Failure::Misconfigured { code } if code == "invalid_client" => format!(
            "{retry}; tell whoever manages this machine's enrollment that `identity.client_id` or the client secret does not \
             fit any longer"
        ),
        Failure::NoSecret { .. } => format!("{retry}; tell whoever manages this machine's enrollment"),
        Failure::Misconfigured { .. } | Failure::Unusable { .. } => {
            format!("{retry}; tell whoever runs your organization's sign-in")
        }
        Failure::NotKept => {
            format!("{retry}; make room on the disk of `/var/lib/pullgate`, and see `pullgate doctor`")
        }
    }
}

fn lower(sentence: &str) -> String {
    sentence.replacen('R', "r", 1)
}

/// `17:40` today, `Tue 17:40` within six days, else with the date.
fn time(time: Timestamp, now: &Zoned) -> String {
    let there = time.to_zoned(now.time_zone().clone());
    let days = (there.date() - now.date()).get_days().abs();
    let format = match days {
        0 => "%H:%M",
        1..=6 => "%a %H:%M",
        _ if there.year() == now.year() => "%b %-d, %H:%M",
        _ => "%b %-d, %Y, %H:%M",
    };
    there.strftime(format).to_string()
}
