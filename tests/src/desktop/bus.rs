//! The session bus, asked through `busctl`.

use serde_json::Value;

use super::Desktop;

impl Desktop<'_> {
    /// Whether a host of status notifier items is there.
    pub fn has_tray(&self) -> bool {
        let asked = self.bus(
            "get-property org.kde.StatusNotifierWatcher /StatusNotifierWatcher org.kde.StatusNotifierWatcher \
             IsStatusNotifierHostRegistered",
        );
        asked == Ok(Value::Bool(true))
    }

    /// Whether anybody owns this name on the session bus, without starting anyone.
    pub fn has_bus_name(&self, name: &str) -> bool {
        let asked = self.bus(&format!(
            "call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus NameHasOwner s {name}"
        ));
        asked.is_ok_and(|answer| answer[0] == Value::Bool(true))
    }

    /// What `busctl` answers: a property's value, or a list of what a call returns; its complaint is an error.
    pub(super) fn bus(&self, arguments: &str) -> Result<Value, String> {
        let output = self.run(&format!("busctl --user --json=short -- {arguments}"));
        if output.code != 0 {
            return Err(output.stderr);
        }
        if output.stdout.is_empty() {
            return Ok(Value::Null);
        }
        let mut answer: Value = serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("`busctl {arguments}` said {}: {error}", output.stdout));
        Ok(answer["data"].take())
    }
}
