//! The layers of an image: tar archives without clocks, so that equal descriptions give equal digests.

use std::fs;
use std::io::Write;

use acceptance::internet::{Content, Image};
use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

const BUSYBOX: &str = "/usr/bin/busybox";
const FRONTEND: &str = "/opt/lab/frontend";
const APPLETS: &[&str] =
    &["cat", "echo", "env", "false", "ls", "sh", "sleep", "test", "true", "uname", "wget"];

/// A layer as the registry keeps it, and the digest of what is inside.
pub(crate) struct Layer {
    pub(crate) blob: Vec<u8>,
    pub(crate) inside: String,
}

/// The layers of an image for the platform of this machine.
pub(crate) fn native(image: &Image) -> Vec<Layer> {
    let label = label(image, "native");
    match image.content {
        Content::Busybox => vec![
            pack(Compression::fast(), |tar| {
                directories(tar, &["bin", "etc", "tmp"]);
                copy(tar, BUSYBOX, "bin/busybox");
                for applet in APPLETS {
                    link(tar, &format!("bin/{applet}"), "busybox");
                }
                file(tar, "etc/image", 0o644, label.as_bytes());
            }),
            pack(Compression::fast(), |tar| file(tar, "etc/second-layer", 0o644, label.as_bytes())),
        ],
        Content::Frontend => vec![pack(Compression::fast(), |tar| {
            directories(tar, &["etc"]);
            copy(tar, FRONTEND, "frontend");
            for (from, to) in libraries() {
                copy(tar, &from, &to);
            }
            file(tar, "etc/image", 0o644, label.as_bytes());
        })],
        Content::Random { layers, mebibytes } => {
            let layer = |number: u32| {
                let noise = noise(&format!("{label}{number}"), usize::try_from(mebibytes).unwrap_or(0) << 20);
                pack(Compression::none(), |tar| file(tar, &format!("noise-{number}"), 0o644, &noise))
            };
            (0..layers).map(layer).collect()
        }
    }
}

/// A single small layer for the platform that this machine is not.
pub(crate) fn foreign(image: &Image) -> Vec<Layer> {
    let label = label(image, "foreign");
    vec![pack(Compression::fast(), |tar| file(tar, "image", 0o644, label.as_bytes()))]
}

/// A digest as registries write it.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let hex: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", hex.concat())
}

fn label(image: &Image, platform: &str) -> String {
    format!("{} edition {} {platform}\n", image.repository, image.edition)
}

fn pack(level: Compression, fill: impl FnOnce(&mut Builder<Vec<u8>>)) -> Layer {
    let mut tar = Builder::new(Vec::new());
    fill(&mut tar);
    let archive = tar.into_inner().expect("memory does not fail");
    let mut gzip = GzEncoder::new(Vec::new(), level);
    gzip.write_all(&archive).expect("memory does not fail");
    Layer { blob: gzip.finish().expect("memory does not fail"), inside: digest(&archive) }
}

fn file(tar: &mut Builder<Vec<u8>>, path: &str, mode: u32, content: &[u8]) {
    let mut header = Header::new_gnu();
    header.set_mode(mode);
    header.set_size(u64::try_from(content.len()).unwrap_or(u64::MAX));
    tar.append_data(&mut header, path, content).expect("memory does not fail");
}

fn copy(tar: &mut Builder<Vec<u8>>, from: &str, to: &str) {
    let content = fs::read(from).unwrap_or_else(|error| panic!("cannot read {from} for an image: {error}"));
    file(tar, to, 0o755, &content);
}

fn link(tar: &mut Builder<Vec<u8>>, path: &str, target: &str) {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Symlink);
    header.set_mode(0o777);
    header.set_size(0);
    tar.append_link(&mut header, path, target).expect("memory does not fail");
}

fn directories(tar: &mut Builder<Vec<u8>>, paths: &[&str]) {
    for path in paths {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Directory);
        header.set_mode(0o755);
        header.set_size(0);
        tar.append_data(&mut header, path, [].as_slice()).expect("memory does not fail");
    }
}

/// The C library that a binary built on the host needs, as the laptop has it.
fn libraries() -> Vec<(String, String)> {
    let machine = std::env::consts::ARCH;
    let loader =
        if machine == "aarch64" { "lib/ld-linux-aarch64.so.1" } else { "lib64/ld-linux-x86-64.so.2" };
    let folder = format!("usr/lib/{machine}-linux-gnu");
    let wanted = ["libc.so.6", "libm.so.6", "libgcc_s.so.1"]
        .map(|name| (format!("/{folder}/{name}"), format!("lib/{name}")));
    wanted.into_iter().chain([(format!("/{loader}"), loader.to_owned())]).collect()
}

/// Bytes that no compression makes smaller, always the same for the same seed.
fn noise(seed: &str, length: usize) -> Vec<u8> {
    let start = seed.bytes().fold(0x9E37_79B9_7F4A_7C15_u64, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    let mut state = start | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
