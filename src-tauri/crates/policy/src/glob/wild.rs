//! The one matching algorithm, over segments of a path and over characters of a text. It remembers the last
//! wildcard only, so hostile patterns cost no more than their length times the text's.

/// Whether a text matches a pattern in which `*` stands for any run of characters.
pub(crate) fn text_matches(pattern: &str, text: &str) -> bool {
    matches(pattern.as_bytes(), text.as_bytes(), |byte| *byte == b'*', |one, other| one == other)
}

/// Whether the segments of a path match those of a pattern.
pub(super) fn path_matches(pattern: &[String], path: &[&str]) -> bool {
    let deep = |segment: &String| segment == "**";
    let same = |segment: &String, found: &&str| text_matches(segment, found);
    let ends_deep = pattern.last().is_some_and(deep);
    let read = match path.split_last() {
        Some((_, parents)) if ends_deep => parents,
        Some(_) | None => path,
    };
    matches(pattern, read, deep, same)
}

fn matches<P, T>(
    pattern: &[P],
    text: &[T],
    is_wild: impl Fn(&P) -> bool,
    same: impl Fn(&P, &T) -> bool,
) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut wild: Option<(usize, usize)> = None;
    while let Some(found) = text.get(read) {
        match pattern.get(at) {
            Some(expected) if is_wild(expected) => {
                wild = Some((at + 1, read));
                at += 1;
            }
            Some(expected) if same(expected, found) => {
                at += 1;
                read += 1;
            }
            Some(_) | None => {
                let Some((after, eaten)) = wild else { return false };
                wild = Some((after, eaten + 1));
                (at, read) = (after, eaten + 1);
            }
        }
    }
    pattern.iter().skip(at).all(is_wild)
}
