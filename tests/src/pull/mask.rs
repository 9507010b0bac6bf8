//! What differs between two runs of the same command and says nothing.

/// Patterns and their replacements for `insta`: verdict ids, times, ephemeral ports, digests, short ids, and
/// the lines of BuildKit's and our own progress that come in any order or not at all.
pub fn masks() -> Vec<(&'static str, &'static str)> {
    vec![
        (r"(?m)^ *#\d+ (DONE|CACHED|transferring|extracting|resolve docker|sha256:|\[auth\]).*\n", ""),
        (r"(?m)^ *([a-z0-9-]+: )?waiting (for|until) .*\n", ""),
        // Which of its two goroutines is the first to say that the build failed is a race inside BuildKit.
        (r"ERROR: failed to run Build function: ", "ERROR: failed to solve: "),
        (r"\n\n\n+", "\n\n"),
        (r"pg-[0-9A-HJKMNP-TV-Z]{8}", "pg-XXXXXXXX"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", "TIME"),
        (r"\b\d+(\.\d+)?(ms|s)\b", "DURATION"),
        (r"127\.0\.0\.1:\d{4,5}\b", "127.0.0.1:PORT"),
        (r"sha256:[0-9a-f]{64}", "sha256:DIGEST"),
        (r"\b[0-9a-f]{64}\b", "DIGEST"),
        (r"\b[0-9a-f]{12}\b", "SHORT"),
        (r"/var/tmp/attempt-\d+", "FOLDER"),
    ]
}
