//! Signing in and out, as the tray asks for it and tells of it.

use super::*;

fn needed() -> Value {
    json!({ "signIn": { "state": "needed", "why": { "kind": "never" }, "sentence": "Acme ended the session of `ada`. Run `pullgate sign-in`." } })
}

fn wanted() -> Notice {
    Notice {
        key: NoticeKey::SignIn,
        title: "Sign in to Acme".to_owned(),
        body: "Acme ended the session of ada. Images are blocked until you sign in.".to_owned(),
        buttons: vec![("Sign in…".to_owned(), Button::SignIn)],
        urgency: Urgency::Critical,
    }
}

#[test]
fn a_missing_session_is_told_once_and_the_notice_goes_when_there_is_one() {
    let mut state = connected();
    assert_eq!(notices(state.handle(status_event(needed()), at(1))), [wanted()]);
    assert_eq!(notices(state.handle(status_event(needed()), at(2))), []);
    assert!(state.handle(status_event(json!({})), at(3)).contains(&Effect::Withdraw(NoticeKey::SignIn)));
}

#[test]
fn a_denial_for_want_of_a_session_is_in_the_menu_and_no_second_notification() {
    let mut state = connected();
    state.handle(status_event(needed()), at(1));
    let mut entry = denial(ID, "someuser/tool", 2);
    entry.verdict.finding.reason = Reason::SignInNeeded { why: SignInReason::Never };
    assert_eq!(notices(state.handle(blocks(entry), at(2))), []);
    assert!(
        state
            .view(at(2))
            .rows
            .iter()
            .any(|row| matches!(row, Row::Choice { command: Command::Open(Place { id: Some(_), .. }), .. }))
    );
}

#[test]
fn pressing_sign_in_opens_the_page_that_the_service_names() {
    let mut state = connected();
    let pressed = Input::Pressed { key: NoticeKey::SignIn, button: Button::SignIn };
    let asked = Effect::Ask(Request::SignIn { method: SignInMethod::Browser });
    assert_eq!(state.handle(pressed, at(1)), [asked]);
    let url = "https://login.acme.example/auth".to_owned();
    let step = SignInStep::Open { url: url.clone(), until: at(300), redirects: Vec::new(), client: None };
    assert_eq!(state.handle(said(Response::SignIn { step }), at(2)), [Effect::Browse(url)]);
}

#[test]
fn signing_out_says_so_and_opens_the_page_of_the_provider() {
    let url = "https://login.acme.example/end".to_owned();
    let ended = Response::SignedOut {
        sentence: "Images are blocked until you sign in.".into(),
        url: Some(url.clone()),
    };
    let effects = connected().handle(said(ended), at(1));
    let notice = Notice {
        key: NoticeKey::Answer,
        title: "Signed out".to_owned(),
        body: "Images are blocked until you sign in.".to_owned(),
        buttons: Vec::new(),
        urgency: Urgency::Normal,
    };
    assert_eq!(effects, [Effect::Notify(notice), Effect::Browse(url)]);
}
