//! What is on the screen, read from the memory of the X server.

mod png;

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Desktop;
use super::accessible::Area;

/// The bytes of a pixel.
const PIXEL: usize = 4;
/// How long a picture must stay as it is before it counts as drawn.
const STILL: Duration = Duration::from_millis(150);
/// After which time a picture that never rests, such as one with a cursor that blinks, is taken as it is.
const RESTLESS: Duration = Duration::from_secs(2);

/// A rectangle of pixels.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    /// Blue, green, red and nothing of every pixel, row by row from the top.
    bytes: Vec<u8>,
}

impl fmt::Debug for Picture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Picture({} x {})", self.width, self.height)
    }
}

impl Picture {
    /// Red, green and blue of every pixel, row by row from the top.
    pub fn pixels(&self) -> impl Iterator<Item = [u8; 3]> + '_ {
        self.bytes.chunks_exact(PIXEL).map(|pixel| [pixel[2], pixel[1], pixel[0]])
    }

    /// A part of it.
    #[must_use]
    pub fn part(&self, area: Area) -> Self {
        let range = |start: i32, length: i32, end: usize| {
            let clamped = |number: i32| usize::try_from(number).unwrap_or(0).min(end);
            clamped(start)..clamped(start + length)
        };
        let (columns, rows) =
            (range(area.x, area.width, self.width), range(area.y, area.height, self.height));
        let row = |y: usize| {
            let start = y * self.width;
            &self.bytes[(start + columns.start) * PIXEL..(start + columns.end) * PIXEL]
        };
        Self { width: columns.len(), height: rows.len(), bytes: rows.map(row).collect::<Vec<_>>().concat() }
    }

    /// It as a file.
    pub fn png(&self) -> Vec<u8> {
        png::encode(self)
    }
}

impl Desktop<'_> {
    /// What is on the screen at this moment.
    pub fn picture(&self) -> Picture {
        let path = self.seen_from_host(&format!("{}/screen/Xvfb_screen0", self.folder()));
        let dump = fs::read(path).expect("the X server keeps its screen in this file");
        decode(&dump).expect("the X server keeps its screen as a window dump")
    }

    /// What is on the screen once it has come to rest.
    pub fn still_picture(&self) -> Picture {
        let started = Instant::now();
        let (mut picture, mut since) = (self.picture(), started);
        while since.elapsed() < STILL && started.elapsed() < RESTLESS {
            std::thread::sleep(Duration::from_millis(20));
            let now = self.picture();
            if now != picture {
                (picture, since) = (now, Instant::now());
            }
        }
        picture
    }

    /// Keeps what is on the screen, once it has come to rest, as `NAME.png` in the folder of artifacts.
    #[expect(clippy::disallowed_methods, reason = "a picture for people, which nothing reads")]
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let folder = artifacts();
        let path = folder.join(format!("{name}.png"));
        let kept = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, self.still_picture().png()));
        kept.unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
        path
    }
}

/// Where tests leave what people may want to look at: `$PULLGATE_ARTIFACTS`, or `artifacts` in cargo's target folder.
pub fn artifacts() -> PathBuf {
    if let Some(given) = env::var_os("PULLGATE_ARTIFACTS") {
        return PathBuf::from(given);
    }
    let own = env::current_exe().expect("a running program has a path");
    let target = own.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    target.unwrap_or_else(|| Path::new("/tmp")).join("artifacts")
}

/// Reads an X window dump with 32 bits a pixel: a head of big-endian words, a table of colors, then blue, green, red.
fn decode(dump: &[u8]) -> Option<Picture> {
    let word = |index: usize| {
        let bytes = dump.get(index * 4..index * 4 + 4)?;
        usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
    };
    let (head, width, height, row, colors) = (word(0)?, word(4)?, word(5)?, word(12)?, word(19)?);
    let content = dump.get(head + colors * 12..)?;
    let rows: Vec<&[u8]> = content.chunks_exact(row).take(height).map(|row| &row[..width * PIXEL]).collect();
    Some(Picture { width, height, bytes: rows.concat() })
}
