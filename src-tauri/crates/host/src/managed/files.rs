//! The files: `defaults.toml` and `enrollment.toml`, each with a folder of drop-ins beside it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Content, Document, Layer};
use crate::files::OwnershipError;

/// No folder of drop-ins has more files.
const MOST_DROP_INS: usize = 64;

type Read<'a> = &'a dyn Fn(&Path) -> Result<Vec<u8>, OwnershipError>;
type List<'a> = &'a dyn Fn(&Path, usize) -> Result<Vec<OsString>, OwnershipError>;

/// Where files can stand when `main` is the main one, as `(layer, file, folder of its drop-ins)`, the weakest first.
#[must_use]
pub fn places(main: &Path) -> [(Layer, PathBuf, PathBuf); 2] {
    let defaults = main.with_file_name("defaults.toml");
    let folder = defaults.with_extension("d");
    [(Layer::Default, defaults, folder), (Layer::Locked, main.to_path_buf(), main.with_extension("d"))]
}

/// What stands there, the weakest first.
pub(super) fn documents(
    main: &Path,
    read: Read<'_>,
    list: List<'_>,
) -> Result<Vec<Document>, OwnershipError> {
    let mut documents = Vec::new();
    for (layer, file, folder) in places(main) {
        let names = list(&folder, MOST_DROP_INS)?;
        let drop_ins = names.iter().map(|name| folder.join(name));
        let drop_ins = drop_ins.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
        for path in std::iter::once(file).chain(drop_ins) {
            match read(&path) {
                Ok(bytes) => {
                    let origin = path.display().to_string();
                    documents.push(Document { layer, origin, content: Content::Toml(bytes) });
                }
                Err(error) if error.is_absent() => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;
    use crate::files::{list_below, read_below};

    struct Machine(tempfile::TempDir);

    impl Machine {
        fn new(files: &[&str]) -> Self {
            let machine = Self(tempfile::tempdir().unwrap());
            for name in files {
                let path = machine.0.path().join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, name.as_bytes()).unwrap();
            }
            machine
        }

        fn documents(&self) -> Result<Vec<(Layer, String)>, String> {
            let (top, me) = (self.0.path(), rustix::process::geteuid().as_raw());
            let shown = format!("{}/", top.display());
            let read = |path: &Path| read_below(top, path, me, 100);
            let list = |folder: &Path, max| list_below(top, folder, me, max);
            documents(&top.join("enrollment.toml"), &read, &list)
                .map(|documents| {
                    let one = |document: Document| (document.layer, document.origin.replacen(&shown, "", 1));
                    documents.into_iter().map(one).collect()
                })
                .map_err(|error| error.to_string().replace(&shown, ""))
        }
    }

    #[test]
    fn defaults_come_first_and_later_names_come_later() {
        let machine = Machine::new(&[
            "enrollment.toml",
            "enrollment.d/20-b.toml",
            "enrollment.d/10-a.toml",
            "enrollment.d/10-a.toml~",
            "enrollment.d/README",
            "defaults.toml",
            "defaults.d/x.toml",
            "other.toml",
        ]);
        let expected = [
            (Layer::Default, "defaults.toml"),
            (Layer::Default, "defaults.d/x.toml"),
            (Layer::Locked, "enrollment.toml"),
            (Layer::Locked, "enrollment.d/10-a.toml"),
            (Layer::Locked, "enrollment.d/20-b.toml"),
        ];
        let expected = expected.map(|(layer, name)| (layer, name.to_owned())).to_vec();
        assert_eq!(machine.documents(), Ok(expected));
        assert_eq!(Machine::new(&[]).documents(), Ok(Vec::new()));
    }

    #[test]
    fn one_loose_file_spoils_them_all_and_is_named() {
        for name in ["enrollment.toml", "enrollment.d/10-a.toml", "defaults.toml", "defaults.d/x.toml"] {
            let machine = Machine::new(&["enrollment.toml", name]);
            let path = machine.0.path().join(name);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
            let loose = format!("`{name}` can be changed by others (mode 0666); run `chmod go-w` on it");
            assert_eq!(machine.documents(), Err(loose));
        }
    }

    #[test]
    fn a_drop_in_that_is_a_link_or_a_folder_is_refused() {
        let machine = Machine::new(&["enrollment.toml", "enrollment.d/a.toml"]);
        symlink("nowhere", machine.0.path().join("enrollment.d/b.toml")).unwrap();
        let link = "`enrollment.d/b.toml` is a symbolic link; put the file itself there";
        assert_eq!(machine.documents(), Err(link.into()));
        let machine = Machine::new(&["enrollment.toml"]);
        fs::create_dir_all(machine.0.path().join("enrollment.d/c.toml")).unwrap();
        assert_eq!(machine.documents(), Err("`enrollment.d/c.toml` is not a regular file".into()));
    }
}
