//! Ways in which a file of root's can be in a state that nobody may believe.

use acceptance::laptop::Laptop;

use crate::network::lab::condition;

/// Each with what it is called and the command that makes a good file so.
const FLAWS: [(&str, &str); 9] = [
    ("gone", "rm $0"),
    ("a link", "mv $0 /root/moved && ln -s /root/moved $0"),
    ("a link to nothing", "rm $0 && ln -s /nowhere $0"),
    ("of its group to write", "chmod g+w $0"),
    ("of everybody to write", "chmod o+w $0"),
    ("of another owner", "chown ada $0"),
    ("a folder", "rm $0 && mkdir $0"),
    ("a pipe", "rm $0 && mkfifo $0"),
    ("in a folder of everybody", "chmod o+w $(dirname $0)"),
];

/// Makes the good file at a path bad in each way, one after the other, and good again after each.
pub(super) fn each(laptop: &Laptop, path: &str, good: &str, code: &str, mut then: impl FnMut(&str)) {
    for (name, command) in FLAWS {
        laptop.must(&format!("sh -c '{command}' {path}"));
        then(name);
        laptop.must(&format!("rm -rf {path} && chmod 755 $(dirname {path})"));
        put(laptop, path, good);
        good_again(laptop, code);
    }
}

/// Waits until the good file is taken: the condition that told of the bad one goes with it.
pub(super) fn good_again(laptop: &Laptop, code: &str) {
    laptop.wait_for("the good one is taken", |laptop| condition(laptop, code).is_none());
}

/// Puts a file into its place at once, as a careful administrator does.
pub(super) fn put(laptop: &Laptop, path: &str, content: impl AsRef<[u8]>) {
    let beside = format!("{path}.new");
    laptop.write_file(&beside, content);
    laptop.must(&format!("mv {beside} {path}"));
}
