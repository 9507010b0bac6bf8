//! Notifications after the Desktop Notifications Specification 1.3: replaced by id, pressed by key.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use futures_util::StreamExt;
use tokio::sync::mpsc::UnboundedSender;
use zbus::{Connection, proxy, zvariant::Value};

use super::visible_notices::{VisibleNotices, on_shown, on_signal};
use crate::effect::Input;
use crate::gate::Gate;
use crate::icon;
use crate::notice::{Notice, NoticeKey, Urgency};
use crate::text;

#[proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Notifications {
    #[expect(clippy::too_many_arguments, reason = "the specification has so many")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;

    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// The side of a notification's picture, in pixels.
const PICTURE: u32 = 48;

/// Shows notifications and listens for what becomes of them.
pub(super) struct Notifier {
    bus: Connection,
    inputs: UnboundedSender<Input>,
    visible: VisibleNotices,
    listening: bool,
}

impl Notifier {
    pub(super) fn new(bus: Connection, inputs: UnboundedSender<Input>) -> Self {
        Self { bus, inputs, visible: VisibleNotices::default(), listening: false }
    }

    /// Shows one in the place of an earlier one of its key.
    pub(super) async fn notify(&mut self, notice: Notice) -> zbus::Result<()> {
        let proxy = NotificationsProxy::new(&self.bus).await?;
        let capabilities = proxy.get_capabilities().await?;
        let can = |capability: &str| capabilities.iter().any(|one| one == capability);
        self.listen(&proxy).await?;
        let body = if can("body-markup") { escaped(&notice.body) } else { notice.body.clone() };
        let actions = if can("actions") { actions(&notice) } else { Vec::new() };
        let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
        let mut hints = HashMap::from([
            ("urgency", Value::U8(urgency(notice.urgency))),
            ("desktop-entry", Value::from("io.pullgate.Tray")),
        ]);
        hints.extend(picture(&notice.key).map(|picture| ("image-data", picture)));
        let replaced = self.number(&notice.key).unwrap_or(0);
        let id =
            proxy.notify(text::PULLGATE, replaced, "", &notice.title, &body, &actions, hints, -1).await?;
        let buttons = notice.buttons.into_iter().map(|(_, button)| button).collect();
        if let Some(input) = on_shown(&self.visible, (id, replaced), (notice.key, buttons)) {
            let _ = self.inputs.send(input);
        }
        Ok(())
    }

    /// Takes one back, if it is visible.
    pub(super) async fn withdraw(&mut self, key: &NoticeKey) -> zbus::Result<()> {
        let Some(id) = self.number(key) else { return Ok(()) };
        NotificationsProxy::new(&self.bus).await?.close_notification(id).await
    }

    fn number(&self, key: &NoticeKey) -> Option<u32> {
        let visible = self.visible.lock().unwrap_or_else(PoisonError::into_inner);
        visible.shown.iter().find(|(_, (known, _))| known == key).map(|(id, _)| *id)
    }

    async fn listen(&mut self, proxy: &NotificationsProxy<'static>) -> zbus::Result<()> {
        if self.listening {
            return Ok(());
        }
        let mut invoked = proxy.receive_action_invoked().await?;
        let mut closed = proxy.receive_notification_closed().await?;
        self.listening = true;
        let (visible, inputs) = (Arc::clone(&self.visible), self.inputs.clone());
        tokio::spawn(async move {
            loop {
                // A daemon says that a button was pressed before it says that the notification is gone.
                let input = tokio::select! {
                    biased;
                    Some(signal) = invoked.next() => {
                        signal.args().ok().and_then(|args| on_signal(&visible, args.id, Some(&args.action_key)))
                    }
                    Some(signal) = closed.next() => {
                        signal.args().ok().and_then(|args| on_signal(&visible, args.id, None))
                    }
                    else => return,
                };
                if let Some(input) = input {
                    let _ = inputs.send(input);
                }
            }
        });
        Ok(())
    }
}

/// Keys and labels in turn; a button's key is its place.
fn actions(notice: &Notice) -> Vec<String> {
    let buttons = notice.buttons.iter().enumerate();
    buttons.flat_map(|(place, (label, _))| [place.to_string(), label.clone()]).collect()
}

fn urgency(urgency: Urgency) -> u8 {
    match urgency {
        Urgency::Low => 0,
        Urgency::Normal => 1,
        Urgency::Critical => 2,
    }
}

/// The gate, as the specification has pictures: size, bytes of a row, alpha, bits of a sample, samples, and RGBA.
fn picture(key: &NoticeKey) -> Option<Value<'static>> {
    let pixmap = match key {
        NoticeKey::SignIn => icon::pixmap(Gate::SignInNeeded, PICTURE),
        NoticeKey::Blocked(_) | NoticeKey::Several => icon::stopped(PICTURE),
        NoticeKey::Allowed(_) | NoticeKey::Policy | NoticeKey::NoIcon | NoticeKey::Answer => {
            icon::pixmap(Gate::Enforcing, PICTURE)
        }
    }?;
    let rgba: Vec<u8> = pixmap.argb.chunks_exact(4).flat_map(|p| [p[1], p[2], p[3], p[0]]).collect();
    let row = pixmap.width.checked_mul(4)?;
    Some(Value::from((pixmap.width, pixmap.height, row, true, 8, 4, rgba)))
}

/// Text as the specification's markup has it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::Button;

    fn notice() -> Notice {
        Notice {
            key: NoticeKey::SignIn,
            title: "Sign in to Acme".to_owned(),
            body: "Images wait.".to_owned(),
            buttons: vec![
                ("Sign in…".to_owned(), Button::SignIn),
                ("Mute".to_owned(), Button::Mute("a/b".to_owned())),
            ],
            urgency: Urgency::Critical,
        }
    }

    #[test]
    fn a_picture_has_as_many_bytes_as_it_says() {
        let Some(Value::Structure(picture)) = picture(&NoticeKey::SignIn) else { panic!("no picture") };
        let fields = picture.fields();
        assert_eq!(picture.signature().to_string(), "(iiibiiay)");
        assert_eq!((&fields[0], &fields[2]), (&Value::I32(48), &Value::I32(192)));
        let bytes: Vec<u8> = fields[6].try_clone().unwrap().try_into().unwrap();
        assert_eq!(bytes.len(), 48 * 192);
    }

    #[test]
    fn what_was_blocked_never_wears_the_gate_of_all_is_well() {
        let [blocked, several, policy] =
            [NoticeKey::Blocked("a/b".to_owned()), NoticeKey::Several, NoticeKey::Policy]
                .map(|key| picture(&key));
        assert!(blocked == several && blocked != policy && blocked.is_some());
    }

    #[test]
    fn text_is_never_taken_for_markup() {
        assert_eq!(escaped("<b>a & b</b>"), "&lt;b&gt;a &amp; b&lt;/b&gt;");
    }

    #[test]
    fn a_buttons_key_is_its_place() {
        assert_eq!(actions(&notice()), ["0", "Sign in…", "1", "Mute"]);
    }
}
