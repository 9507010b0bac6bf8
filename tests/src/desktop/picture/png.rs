//! PNG, as plain as it gets: eight bits a channel, no filters.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::Picture;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(super) fn encode(picture: &Picture) -> Vec<u8> {
    let size = |number: usize| u32::try_from(number).expect("a screen is small").to_be_bytes();
    // Eight bits a channel, color type 2 (red, green, blue), then the only methods there are.
    let head = [&size(picture.width)[..], &size(picture.height), &[8, 2, 0, 0, 0]].concat();
    let mut content = ZlibEncoder::new(Vec::new(), Compression::fast());
    let pixels: Vec<[u8; 3]> = picture.pixels().collect();
    for row in pixels.chunks(picture.width.max(1)) {
        content.write_all(&[0]).expect("memory can be written to");
        content.write_all(row.as_flattened()).expect("memory can be written to");
    }
    let content = content.finish().expect("memory can be written to");
    [SIGNATURE.to_vec(), chunk(b"IHDR", &head), chunk(b"IDAT", &content), chunk(b"IEND", &[])].concat()
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a screen is small");
    let mut sum = Crc::new();
    sum.update(kind);
    sum.update(content);
    [&length.to_be_bytes()[..], kind, content, &sum.sum().to_be_bytes()].concat()
}
