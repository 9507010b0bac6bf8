//! No token and no password is found anywhere but in the vault.

use super::desk::desk;

const VAULT: &str = "/var/lib/pullgate/session";
/// What a stranger on the machine, or whoever gets a bundle, could look through.
const PLACES: [&str; 7] = [
    "journalctl --output cat --unit 'pullgate*'",
    "pullgate status --json",
    "pullgate log --json --since 24h",
    "pullgate doctor",
    "pullgate doctor --bundle /root/bundle >/dev/null 2>&1; cat /root/bundle",
    "find /var/lib/pullgate /var/lib/pullgate-steward /run/pullgate /etc/pullgate -type f -not -path $VAULT -print0 \
     | xargs -0 cat",
    "tr '\\0' '\\n' < /proc/$(systemctl show --property MainPID --value pullgate.service)/environ",
];

#[test]
fn no_secret_is_found_outside_the_vault() {
    let mut desk = desk();
    desk.ada_signs_in();
    desk.later(9);
    desk.laptop.wait_for("the session was renewed", |_| desk.token_requests() == 2);
    desk.wait_for_state("signedIn");
    let tokens = desk.laptop.provider().refresh_tokens("ada");
    assert_eq!(tokens.len(), 1, "the session has one refresh token");
    for place in PLACES {
        let text = desk.laptop.run(&place.replace("$VAULT", VAULT)).stdout;
        assert!(text.len() > 50, "{place} says nothing: {text}");
        for secret in tokens.iter().map(String::as_str).chain(["ada-secret", "eyJhbGciOi"]) {
            assert!(!text.contains(secret), "{place} tells a secret");
        }
    }
    let mine = "stat --format '%n %U %a' /var/lib/pullgate /var/lib/pullgate/session*";
    assert_eq!(
        desk.laptop.must(mine).stdout,
        "/var/lib/pullgate pullgate 700\n/var/lib/pullgate/session pullgate 600\n"
    );
    let open = desk.laptop.must("find /var/lib/pullgate /var/lib/pullgate-steward -perm /077 -print").stdout;
    assert_eq!(open, "");
}
