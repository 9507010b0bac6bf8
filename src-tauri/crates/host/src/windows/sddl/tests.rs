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
