//! One tray a session: it owns a name on the session bus, under which a second start calls it.

use std::collections::HashMap;

use tokio::sync::mpsc::UnboundedSender;
use zbus::fdo::{RequestNameFlags, RequestNameReply};
use zbus::zvariant::OwnedValue;
use zbus::{Connection, interface};

use super::Start;
use crate::effect::Input;
use crate::menu::Command;
use crate::page::{Place, Tab};

const NAME: &str = "io.pullgate.Tray";
const PATH: &str = "/io/pullgate/Tray";
const APPLICATION: &str = "org.freedesktop.Application";
/// A tray with an invented organization has a name of its own.
const DEMO: &str = "io.pullgate.TrayDemo";

/// Takes the name; where another tray has it, calls that one and tells `false`.
pub(super) async fn take(
    bus: &Connection,
    start: &Start,
    inputs: UnboundedSender<Input>,
) -> zbus::Result<bool> {
    let name = if start.demo_socket.is_some() { DEMO } else { NAME };
    bus.object_server().at(PATH, Application { inputs }).await?;
    match bus.request_name_with_flags(name, RequestNameFlags::DoNotQueue.into()).await {
        Ok(RequestNameReply::PrimaryOwner | RequestNameReply::AlreadyOwner) => Ok(true),
        Ok(RequestNameReply::InQueue | RequestNameReply::Exists) | Err(zbus::Error::NameTaken) => {
            if let Err(error) = call(bus, name, start.place.as_ref()).await {
                tracing::warn!(%error, "the tray that runs already does not answer");
            }
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

async fn call(bus: &Connection, name: &str, place: Option<&Place>) -> zbus::Result<()> {
    let data = HashMap::<String, OwnedValue>::new();
    match place {
        Some(place) => {
            let links = vec![place.to_string()];
            bus.call_method(Some(name), PATH, Some(APPLICATION), "Open", &(links, data)).await?
        }
        None => bus.call_method(Some(name), PATH, Some(APPLICATION), "Activate", &(data,)).await?,
    };
    Ok(())
}

/// What a second start, or a launcher, can ask for.
struct Application {
    inputs: UnboundedSender<Input>,
}

#[interface(name = "org.freedesktop.Application")]
impl Application {
    /// Opens the window.
    fn activate(&self, platform_data: HashMap<String, OwnedValue>) {
        drop(platform_data);
        self.go(Place::of(Tab::Status));
    }

    /// Opens the window where the first link leads.
    fn open(&self, uris: Vec<String>, platform_data: HashMap<String, OwnedValue>) {
        drop(platform_data);
        match uris.first().map(|uri| uri.parse()) {
            Some(Ok(place)) => self.go(place),
            Some(Err(error)) => tracing::warn!("{error}"),
            None => self.go(Place::of(Tab::Status)),
        }
    }
}

impl Application {
    fn go(&self, place: Place) {
        let _ = self.inputs.send(Input::Chosen(Command::Open(place)));
    }
}
