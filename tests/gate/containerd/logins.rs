//! Private images come with the pull secret that a kubelet hands in, and with no other.

use acceptance::laptop::Laptop;
use acceptance::pull::{Flavor, masks};

use super::laptop;

const PRIVATE: &str = "docker.io/acme/private";

#[test]
fn private_images_come_with_their_pull_secret() {
    let laptop = laptop();
    let without = Flavor::Cri.attempt(&laptop, &format!("{PRIVATE}:1"));
    assert_eq!((without.code, without.present), (1, false), "{without}");
    let other = secret(&laptop, "latest", "bob bob-secret");
    assert_eq!(other.0, 1, "{}", other.1);
    let own = secret(&laptop, "1", "ada ada-secret");
    assert_eq!(own.0, 0, "{}", own.1);
    let again = secret(&laptop, "latest", "bob bob-secret");
    assert_eq!(again, other, "another secret's token is never used");
    let nobody = laptop.run(&format!("cri-pull pull {PRIVATE}:latest"));
    assert_eq!(nobody.code, 1, "{}", nobody.terminal);
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("refused_by_the_registry", format!("{without}\n{}", other.1));
    });
    laptop.must(&format!("cri-pull status {PRIVATE}:1"));
    assert_ne!(laptop.run(&format!("cri-pull status {PRIVATE}:latest")).code, 0);
}

fn secret(laptop: &Laptop, tag: &str, login: &str) -> (i32, String) {
    let output = laptop.run(&format!("cri-pull pull {PRIVATE}:{tag} {login} 2>&1"));
    (output.code, output.stdout)
}
