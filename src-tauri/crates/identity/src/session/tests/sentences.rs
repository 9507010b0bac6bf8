use jiff::tz::{TimeZone, offset};

use super::stage::*;
use crate::session::*;

fn said(state: &State) -> String {
    sentence(state, "Acme", &noon().to_zoned(TimeZone::fixed(offset(1))))
}

fn grace(failure: Failure) -> String {
    let why = Hindrance::Failed { failure };
    said(&State::OfflineGrace { person: ada(), since: noon() - hours(3), until: noon() + hours(150), why })
}

fn needed(why: Needed) -> String {
    said(&State::SignInNeeded { why })
}

#[test]
fn a_good_session_says_whose_it_is() {
    assert_eq!(said(&State::SignedIn { person: ada() }), "You are signed in to Acme as `ada@acme.example`.");
    assert_eq!(
        said(&State::Renewing { person: ada() }),
        "You are signed in to Acme as `ada@acme.example`; this is being confirmed."
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "one case after the other")]
fn each_failure_says_what_it_is_until_when_images_work_and_what_to_do() {
    let host = || "login.acme.example".to_owned();
    let retry = "It is tried again by itself";
    let lasts = "nothing to do unless it lasts";
    let problem = || "it expired on 2026-11-20".to_owned();
    let sentences = |why: &str, advice: &str| {
        format!(
            "Your sign-in could not be renewed since 10:00 ({why}); images keep working until Tue 19:00. {advice}."
        )
    };
    let cases = [
        (Failure::NoNetwork, sentences("no network", "It is renewed by itself when the network is back")),
        (
            Failure::NameUnknown { host: host() },
            sentences(
                "the name `login.acme.example` was not found",
                &format!("{retry}; check the network, the VPN and the proxy"),
            ),
        ),
        (
            Failure::Unreachable { host: host() },
            sentences(
                "`login.acme.example` cannot be reached",
                &format!("{retry}; check the network, the VPN and the proxy"),
            ),
        ),
        (Failure::NoAnswer, sentences("the identity provider did not answer", &format!("{retry}; {lasts}"))),
        (
            Failure::Certificate { host: host(), problem: problem() },
            sentences(
                "the certificate of `login.acme.example` is not trusted: it expired on 2026-11-20",
                &format!(
                    "{retry}; check the clock of this machine, and sign in to the network if it asks you to"
                ),
            ),
        ),
        (
            Failure::Portal,
            sentences(
                "the network shows a page of its own",
                "Open a browser and sign in to the network; then it is renewed by itself",
            ),
        ),
        (
            Failure::Unavailable { status: 503 },
            sentences("the identity provider has trouble: 503", &format!("{retry}; {lasts}")),
        ),
        (
            Failure::Busy { retry_after: None },
            sentences("the identity provider has too many requests", &format!("{retry}; {lasts}")),
        ),
        (
            Failure::Misconfigured { code: "invalid_client".to_owned() },
            sentences(
                "the identity provider refuses Pullgate itself: `invalid_client`",
                &format!(
                    "{retry}; tell whoever manages this machine's enrollment that `identity.client_id` or the client \
                     secret does not fit any longer"
                ),
            ),
        ),
        (
            Failure::Misconfigured { code: "unauthorized_client".to_owned() },
            sentences(
                "the identity provider refuses Pullgate itself: `unauthorized_client`",
                &format!("{retry}; tell whoever runs your organization's sign-in"),
            ),
        ),
        (
            Failure::NoSecret { problem: "`/etc/pullgate/secret` does not exist".to_owned() },
            sentences(
                "the client secret that the enrollment names cannot be had: `/etc/pullgate/secret` does not exist",
                &format!("{retry}; tell whoever manages this machine's enrollment"),
            ),
        ),
        (
            Failure::Unusable { problem: "the issuer is another one".to_owned() },
            sentences(
                "the identity provider's answer was not usable: the issuer is another one",
                &format!("{retry}; tell whoever runs your organization's sign-in"),
            ),
        ),
        (
            Failure::NotKept,
            sentences(
                "the session cannot be written to disk",
                &format!("{retry}; make room on the disk of `/var/lib/pullgate`, and see `pullgate doctor`"),
            ),
        ),
    ];
    for (failure, sentence) in cases {
        assert_eq!(grace(failure), sentence);
    }
}

#[test]
fn a_lost_answer_asks_for_a_sign_in_while_images_still_work() {
    let why = Hindrance::SignInAgain;
    let state =
        State::OfflineGrace { person: ada(), since: noon() - hours(30), until: noon() + hours(3), why };
    assert_eq!(
        said(&state),
        "Your sign-in can no longer be renewed since Tue 07:00 (an answer of the identity provider got lost); \
         images keep working until 16:00. Run `pullgate sign-in` before then."
    );
}

#[test]
fn a_session_without_a_refresh_token_says_until_when_it_lasts_and_whom_to_ask() {
    let why = Hindrance::NoRefreshToken;
    let state = State::OfflineGrace { person: ada(), since: noon(), until: noon() + hours(3), why };
    assert_eq!(
        said(&state),
        "Your sign-in cannot be renewed, because the identity provider gave no refresh token; images keep working \
         until 16:00. Run `pullgate sign-in` before then, and ask Acme to let it give one: the scope \
         `offline_access`, or for Google `access_type` and `prompt` in `identity.parameters`."
    );
}

#[test]
fn each_reason_for_a_sign_in_says_what_happened_and_how_to_go_on() {
    let account = || "ada@acme.example".to_owned();
    let too_long = |why| Needed::OfflineTooLong { account: account(), ended: noon() - hours(24 * 9), why };
    let cases = [
        (Needed::Never, "Nobody is signed in to Acme on this machine. Run `pullgate sign-in` to use images."),
        (
            Needed::SignedOut,
            "The sign-in to Acme on this machine was ended. Run `pullgate sign-in` to use images again.",
        ),
        (
            Needed::Revoked { account: account() },
            "`ada@acme.example` was signed out by the identity provider of Acme. Run `pullgate sign-in` to use images again.",
        ),
        (
            Needed::AccountChanged { account: account(), found: "eve@acme.example".to_owned() },
            "This machine was signed in as `ada@acme.example`, but the identity provider of Acme now answers for \
             `eve@acme.example`. Run `pullgate sign-in` with the account you want to use.",
        ),
        (
            Needed::ProviderChanged,
            "Acme signs people in with another identity provider than before. Run `pullgate sign-in`.",
        ),
        (
            too_long(Some(Hindrance::Failed { failure: Failure::NoNetwork })),
            "The sign-in of `ada@acme.example` to Acme could not be renewed in time (no network) and ran out at Nov 16, 13:00. \
             It comes back by itself once the provider answers; to try at once, run `pullgate sign-in`.",
        ),
        (
            too_long(Some(Hindrance::SignInAgain)),
            "The sign-in of `ada@acme.example` to Acme could not be renewed in time (an answer of the identity \
             provider got lost) and ran out at Nov 16, 13:00. Run `pullgate sign-in`.",
        ),
        (
            too_long(Some(Hindrance::NoRefreshToken)),
            "The sign-in of `ada@acme.example` to Acme could not be renewed (the identity provider gave no refresh \
             token) and ran out at Nov 16, 13:00. Run `pullgate sign-in`, and ask Acme to let it \
             give one: the scope `offline_access`, or for Google `access_type` and `prompt` in `identity.parameters`.",
        ),
        (
            too_long(None),
            "The sign-in of `ada@acme.example` to Acme could not be renewed in time and ran out at Nov 16, 13:00. \
             It comes back by itself once the provider answers; to try at once, run `pullgate sign-in`.",
        ),
        (
            Needed::Unreadable,
            "The sign-in to Acme that was kept on this machine cannot be read. Run `pullgate sign-in` to begin a new one.",
        ),
    ];
    for (why, sentence) in cases {
        assert_eq!(needed(why), sentence);
    }
}

#[test]
fn each_refusal_says_what_is_required_and_whom_to_ask() {
    let required = "`groups` to contain `engineering`".to_owned();
    let claim = || "groups".to_owned();
    let cases = [
        (
            State::WrongOrganization { account: "ada@home.example".to_owned(), required },
            "The account `ada@home.example` is not in Acme, which requires `groups` to contain `engineering`. \
             Run `pullgate sign-in` with your account there, or ask Acme to add this one.",
        ),
        (
            State::ClaimsMissing { claim: claim(), too_many: false },
            "Your sign-in did not tell whether you belong to Acme: the identity provider sent no `groups`. Either \
             this account has none there, or the provider is not set up to send it: ask Acme which, then run \
             `pullgate sign-in`.",
        ),
        (
            State::ClaimsMissing { claim: claim(), too_many: true },
            "Your sign-in did not tell whether you belong to Acme: you are in so many groups that the identity \
             provider left `groups` out. Ask Acme to limit it to the groups of this application, then run \
             `pullgate sign-in`.",
        ),
    ];
    for (state, sentence) in cases {
        assert_eq!(said(&state), sentence);
    }
}

#[test]
fn a_time_in_another_year_is_reported_with_it() {
    let why = Hindrance::SignInAgain;
    let state = State::OfflineGrace { person: ada(), since: noon(), until: noon() + hours(24 * 60), why };
    assert!(said(&state).contains("images keep working until Jan 24, 2027, 13:00."), "{}", said(&state));
}
