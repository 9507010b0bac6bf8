//! Access lists in the text form of Windows (SDDL): those that Pullgate gives, and what others' say. What cannot be
//! read counts as open to everybody.

/// A pipe that interactive people may read and write, but not make another instance of: that is `FILE_APPEND_DATA`.
pub(crate) const PIPE_FOR_PEOPLE: &str = "O:SYG:SYD:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;0x12019b;;;IU)";
/// A pipe for the system and administrators.
pub(crate) const PIPE_FOR_THE_SYSTEM: &str = "O:SYG:SYD:P(A;;GA;;;SY)(A;;GA;;;BA)";
/// The rights that a client of either asks for.
pub(crate) const PIPE_CLIENT: u32 = 0x0012_019b;

/// Any of these changes a file, or whose it is.
pub(crate) const CHANGE_FILE: u32 = WRITE_DATA | APPEND | WRITE_ATTRIBUTES | WRITE_EXTENDED | MOVE;
/// Any of these puts something else in the place of what is in a folder, or of the folder itself.
pub(crate) const CHANGE_FOLDER: u32 = DELETE_CHILD | MOVE;
/// Any of these puts a file into a folder.
pub(crate) const FILL_FOLDER: u32 = WRITE_DATA | APPEND | GENERIC_WRITE | CHANGE_FOLDER;
/// Any of these shows what is in a file or folder, or changes it.
pub(crate) const REACH: u32 = READ_DATA | GENERIC_READ | CHANGE_FILE | FILL_FOLDER;

const READ_DATA: u32 = 0x1;
const WRITE_DATA: u32 = 0x2;
const APPEND: u32 = 0x4;
const WRITE_EXTENDED: u32 = 0x10;
const DELETE_CHILD: u32 = 0x40;
const WRITE_ATTRIBUTES: u32 = 0x100;
const GENERIC_ALL: u32 = 0x1000_0000;
const GENERIC_WRITE: u32 = 0x4000_0000;
const GENERIC_READ: u32 = 0x8000_0000;
/// Deleting, changing the access list and the owner, and all of it at once.
const MOVE: u32 = 0x0001_0000 | 0x0004_0000 | 0x0008_0000 | GENERIC_ALL;
const EVERYTHING: u32 = u32::MAX;

const RIGHTS: &[(&str, u32)] = &[
    ("GA", GENERIC_ALL),
    ("GR", GENERIC_READ),
    ("GW", GENERIC_WRITE | WRITE_DATA | APPEND | WRITE_ATTRIBUTES | WRITE_EXTENDED),
    ("GX", 0x2000_0000),
    ("FA", 0x001f_01ff),
    ("FR", 0x0012_0089),
    ("FW", 0x0012_0116),
    ("FX", 0x0012_00a0),
    ("RC", 0x0002_0000),
    ("SD", 0x0001_0000),
    ("WD", 0x0004_0000),
    ("WO", 0x0008_0000),
    ("CC", READ_DATA),
    ("DC", WRITE_DATA),
    ("LC", APPEND),
    ("SW", 0x8),
    ("RP", WRITE_EXTENDED),
    ("WP", 0x20),
    ("DT", DELETE_CHILD),
    ("LO", 0x80),
    ("CR", WRITE_ATTRIBUTES),
];

/// The system, its administrators, and the installer of its updates.
const SYSTEM: &[&str] = &["SY", "BA", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"];

/// Who owns something and who may do what with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Security {
    owner: String,
    allowed: Vec<(String, u32)>,
}

impl Security {
    /// Reads the text form of an owner and an access list.
    pub(crate) fn read(sddl: &str) -> Option<Self> {
        let (owner, list) = sddl.strip_prefix("O:")?.split_once("D:")?;
        let owner = owner.split_once("G:").map_or(owner, |(owner, _)| owner);
        let list = list.split_once("S:(").map_or(list, |(list, _)| list);
        if list.contains("NO_ACCESS_CONTROL") {
            return Some(Self { owner: owner.to_owned(), allowed: vec![("WD".to_owned(), EVERYTHING)] });
        }
        let entries = list.split('(').skip(1).filter_map(|entry| entry.split(')').next());
        Some(Self { owner: owner.to_owned(), allowed: entries.filter_map(allowance).collect() })
    }

    /// The owner, unless that is the system or an administrator.
    pub(crate) fn foreign_owner(&self) -> Option<&str> {
        Some(self.owner.as_str()).filter(|owner| !SYSTEM.contains(owner))
    }

    /// Who owns it.
    pub(crate) fn owner(&self) -> &str {
        &self.owner
    }

    /// Somebody who may do any of `rights`, besides the system and `known`.
    pub(crate) fn stranger_who_may(&self, rights: u32, known: Option<&str>) -> Option<&str> {
        let known = |who: &str| SYSTEM.contains(&who) || known == Some(who);
        let mut strangers = self.allowed.iter().filter(|(who, may)| may & rights != 0 && !known(who));
        strangers.next().map(|(who, _)| who.as_str())
    }
}

/// `type;flags;rights;object;inherited object;who`; denials take nothing from anybody here, and an entry that only
/// what lies below inherits (`IO`) says nothing of the thing itself.
fn allowance(entry: &str) -> Option<(String, u32)> {
    let mut fields = entry.split(';');
    let (kind, flags, rights) = (fields.next()?, fields.next()?, fields.next()?);
    let who = fields.nth(2).unwrap_or("WD");
    let denies = matches!(kind, "D" | "OD" | "XD");
    let inherited_only = flags.as_bytes().chunks(2).any(|flag| flag == b"IO");
    (!denies && !inherited_only).then(|| (who.to_owned(), mask(rights)))
}

fn mask(rights: &str) -> u32 {
    if let Some(number) = rights.strip_prefix("0x") {
        return u32::from_str_radix(number, 16).unwrap_or(EVERYTHING);
    }
    let named = |pair: &[u8]| RIGHTS.iter().find(|(name, _)| name.as_bytes() == pair).map(|(_, mask)| mask);
    rights.as_bytes().chunks(2).map(|pair| named(pair).unwrap_or(&EVERYTHING)).fold(0, |all, mask| all | mask)
}

/// The access list of a file or folder with these permission bits of POSIX: the owner and the system, and everybody
/// where the bits let others in.
pub(crate) fn of_mode(mode: u32) -> String {
    let owner = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;OW)";
    let others = match (mode & 0o004 != 0, mode & 0o002 != 0) {
        (_, true) => "(A;OICI;0x1301bf;;;BU)",
        (true, false) => "(A;OICI;0x1200a9;;;BU)",
        (false, false) => "",
    };
    format!("{owner}{others}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM_DATA: &str = "O:SYG:SYD:PAI(A;OICIIO;GA;;;CO)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)\
                            (A;OICI;0x1200a9;;;BU)(A;CI;DCLCRPCR;;;BU)";
    const ADA: &str = "S-1-5-21-1-2-3-1001";

    fn read(sddl: &str) -> Security {
        Security::read(sddl).unwrap()
    }

    #[test]
    fn a_folder_that_everybody_may_add_to_keeps_what_is_in_it() {
        let folder = read(PROGRAM_DATA);
        assert_eq!(folder.foreign_owner(), None);
        assert_eq!(folder.stranger_who_may(CHANGE_FOLDER, None), None);
        assert_eq!(folder.stranger_who_may(FILL_FOLDER, None), Some("BU"));
    }

    #[test]
    fn whoever_may_write_delete_or_take_a_file_can_change_it() {
        for rights in ["FA", "GA", "FW", "GW", "SD", "WD", "WO", "0x2", "0x1301bf", "??", "0xyz", "FRSD"] {
            let file = read(&format!("O:BAG:BAD:(A;;FA;;;SY)(A;ID;{rights};;;BU)"));
            assert_eq!(file.stranger_who_may(CHANGE_FILE, None), Some("BU"), "{rights}");
        }
        for rights in ["FR", "GR", "FX", "0x1200a9", "RC"] {
            let file = read(&format!("O:BAG:BAD:(A;;FA;;;SY)(A;;{rights};;;BU)"));
            assert_eq!(file.stranger_who_may(CHANGE_FILE, None), None, "{rights}");
        }
    }

    #[test]
    fn no_list_at_all_lets_everybody_in_and_no_owner_is_no_answer() {
        assert_eq!(read("O:SYD:NO_ACCESS_CONTROL").stranger_who_may(CHANGE_FILE, None), Some("WD"));
        for text in ["", "D:(A;;FA;;;SY)", "O:SYG:SY", "nonsense"] {
            assert_eq!(Security::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_denial_and_a_label_let_nobody_in() {
        let file = read("O:SYG:SYD:AI(D;;FA;;;BU)(A;;FA;;;SY)S:(ML;;NW;;;LW)");
        assert_eq!(file.stranger_who_may(REACH, None), None);
    }

    #[test]
    fn a_secret_is_its_owner_s_and_the_system_s() {
        let secret = |list: &str| read(&format!("O:{ADA}G:BA{list}"));
        let own = secret(&format!("D:P(A;;FA;;;SY)(A;;FA;;;{ADA})"));
        assert_eq!((own.owner(), own.stranger_who_may(REACH, Some(ADA))), (ADA, None));
        assert_eq!(own.foreign_owner(), Some(ADA));
        assert_eq!(own.stranger_who_may(REACH, None), Some(ADA));
        let shared = secret(&format!("D:P(A;;FA;;;{ADA})(A;;FR;;;BU)"));
        assert_eq!(shared.stranger_who_may(REACH, Some(ADA)), Some("BU"));
    }

    #[test]
    fn what_a_mode_of_posix_lets_others_do_the_list_lets_them() {
        let list = |mode| read(&format!("O:SYG:SY{}", of_mode(mode)));
        for mode in [0o600, 0o700, 0o640] {
            assert_eq!(list(mode).stranger_who_may(REACH, Some("OW")), None, "{mode:o}");
        }
        for mode in [0o644, 0o755] {
            assert_eq!(list(mode).stranger_who_may(REACH, Some("OW")), Some("BU"), "{mode:o}");
            assert_eq!(list(mode).stranger_who_may(FILL_FOLDER | CHANGE_FILE, Some("OW")), None, "{mode:o}");
        }
        assert_eq!(list(0o666).stranger_who_may(CHANGE_FILE, Some("OW")), Some("BU"));
    }

    #[test]
    fn people_may_speak_through_a_pipe_but_not_stand_in_for_it() {
        let pipe = read(PIPE_FOR_PEOPLE);
        assert_eq!(pipe.owner(), "SY");
        assert_eq!(pipe.stranger_who_may(APPEND, None), None);
        assert_eq!(pipe.stranger_who_may(WRITE_DATA, None), Some("IU"));
        assert_eq!(pipe.allowed.last(), Some(&("IU".to_owned(), PIPE_CLIENT)));
        assert_eq!(read(PIPE_FOR_THE_SYSTEM).stranger_who_may(READ_DATA | WRITE_DATA, None), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_of_any_shape_breaks_the_reader(text: String) {
            let _ = Security::read(&text);
            let _ = Security::read(&format!("O:SYG:SYD:({text})"));
        }
    }
}
