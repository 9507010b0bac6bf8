//! One tray a session: it owns a name on the session bus, under which a second start calls it.

use tokio::sync::mpsc::UnboundedSender;
use zbus::fdo::{RequestNameFlags, RequestNameReply};
use zbus::{Connection, interface, zvariant::OwnedValue};

use crate::effect::Input;
use crate::menu::Command;

const NAME: &str = "io.pullgate.Tray";
const PATH: &str = "/io/pullgate/Tray";
const APPLICATION: &str = "org.freedesktop.Application";

/// Takes the name; where another tray has it, calls that one and tells `false`.
pub(super) async fn take(bus: &Connection, inputs: UnboundedSender<Input>) -> zbus::Result<bool> {
    bus.object_server().at(PATH, Application { inputs }).await?;
    let reply = bus.request_name_with_flags(NAME, RequestNameFlags::DoNotQueue.into()).await;
    match reply {
        Ok(RequestNameReply::PrimaryOwner | RequestNameReply::AlreadyOwner) => Ok(true),
        Ok(RequestNameReply::InQueue | RequestNameReply::Exists) | Err(zbus::Error::NameTaken) => {
            let data = std::collections::HashMap::<String, OwnedValue>::new();
            let called = bus.call_method(Some(NAME), PATH, Some(APPLICATION), "Activate", &(data,)).await;
            if let Err(error) = called {
                tracing::warn!(%error, "the tray that runs already does not answer");
            }
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// What a second start, or a launcher, can ask for.
struct Application {
    inputs: UnboundedSender<Input>,
}

#[interface(name = "org.freedesktop.Application")]
impl Application {
    /// Shows how things stand.
    fn activate(&self, platform_data: std::collections::HashMap<String, OwnedValue>) {
        drop(platform_data);
        let _ = self.inputs.send(Input::Chosen(Command::Status));
    }
}
