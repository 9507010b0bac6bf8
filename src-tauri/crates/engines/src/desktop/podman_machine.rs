//! Podman machine takes the proxy variables of the process that starts it into the machine, with the host's name in
//! the place of loopback. Podman's own configuration gives every Podman of the person these variables.

use config_edit::{Format, NO_PROXY};

use super::Product;
use crate::{DesiredRouting, EngineId};

pub(super) const PRODUCT: Product = Product {
    engine: EngineId::PodmanMachine,
    marks: &[".config/containers/podman/machine/*/*.json"],
    file: Some(".config/containers/containers.conf.d/zz-pullgate.conf"),
    format: Format::Lines,
    route,
    certificates: None,
    notes: &[
        "run `podman machine stop` and `podman machine start` afterwards; on WSL loopback is not translated",
        "the machine must trust the interception authority (`podman machine set --import-native-ca`), or every \
         pull fails",
    ],
};

#[expect(clippy::unnecessary_wraps, reason = "the other products' files can be broken")]
fn route(_persons: Option<&str>, desired: &DesiredRouting) -> Result<String, String> {
    let proxy = &desired.proxy;
    Ok(format!(
        "# Written by Pullgate: the machine of Podman pulls images through the gateway on this computer.\n\
         [containers]\nhttp_proxy = false\n\n[engine]\n\
         env = [\"HTTP_PROXY={proxy}\", \"HTTPS_PROXY={proxy}\", \"NO_PROXY={NO_PROXY}\"]\n"
    ))
}
