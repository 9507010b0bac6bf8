//! The icon: layers drawn in advance, put together and colored when they are wanted. Each state has a shape of its
//! own; color only repeats what the shape says.

use std::io::Cursor;

use png::{ColorType, Decoder, Transformations};

use crate::gate::Gate;

/// The sizes that there are, in pixels.
pub(crate) const SIZES: [u32; 5] = [16, 22, 24, 32, 48];

/// A picture as StatusNotifierItem wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pixmap {
    /// Its width in pixels.
    pub(crate) width: i32,
    /// Its height in pixels.
    pub(crate) height: i32,
    /// Alpha, red, green and blue of each pixel, from the top left on.
    pub(crate) argb: Vec<u8>,
}

/// A color, as red, green and blue.
type Color = [u8; 3];

/// Like the others, of a lightness that stands out from light and from dark panels.
const NEUTRAL: Color = [0x80, 0x85, 0x8e];
const GREEN: Color = [0x2b, 0x9a, 0x40];
const AMBER: Color = [0xc2, 0x7c, 0x00];

/// The icon of a state; none where there is none of that size.
pub(crate) fn pixmap(gate: Gate, size: u32) -> Option<Pixmap> {
    let place = SIZES.iter().position(|&one| one == size)?;
    let mut canvas = vec![0; (size * size * 4) as usize];
    for (layer, color) in layers(gate) {
        paint(&mut canvas, &coverage(layer.get(place)?, size)?, *color);
    }
    let side = i32::try_from(size).ok()?;
    Some(Pixmap { width: side, height: side, argb: canvas })
}

fn layers(gate: Gate) -> &'static [(Layer, Color)] {
    match gate {
        Gate::Enforcing => &[(POSTS, NEUTRAL), (BAR_DOWN, GREEN)],
        Gate::SignInNeeded => &[(POSTS, NEUTRAL), (BAR_DOWN, AMBER), (KEY, AMBER)],
        Gate::Attention => &[(POSTS, NEUTRAL), (BAR_DOWN, AMBER), (DOT, AMBER)],
        Gate::NotEnforcing => &[(POSTS, NEUTRAL), (BAR_UP, NEUTRAL)],
        Gate::NotRunning => &[(OUTLINE, NEUTRAL)],
    }
}

/// How much of each pixel a layer covers.
fn coverage(layer: &[u8], size: u32) -> Option<Vec<u8>> {
    let mut decoder = Decoder::new(Cursor::new(layer));
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().ok()?;
    let mut bytes = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut bytes).ok()?;
    let fits = frame.width == size && frame.height == size && frame.color_type == ColorType::Rgba;
    fits.then(|| bytes.chunks_exact(4).filter_map(|pixel| pixel.last().copied()).collect())
}

/// Lays a color over what is there, as far as it covers.
fn paint(canvas: &mut [u8], coverage: &[u8], color: Color) {
    for (pixel, &over) in canvas.chunks_exact_mut(4).zip(coverage) {
        let [alpha, channels @ ..] = pixel else { continue };
        let (over, under) = (u32::from(over), u32::from(*alpha));
        let left = under * (255 - over) / 255;
        let whole = over + left;
        for (channel, new) in channels.iter_mut().zip(color) {
            let mixed = (u32::from(new) * over + u32::from(*channel) * left).checked_div(whole);
            *channel = mixed.map_or(0, |mixed| mixed.min(255) as u8);
        }
        *alpha = whole.min(255) as u8;
    }
}

/// One layer in every size.
type Layer = [&'static [u8]; 5];

/// The pictures of a layer, drawn from the SVG of the same name.
macro_rules! layer {
    ($name:literal) => {
        [
            include_bytes!(concat!("../../../../icons/layers/", $name, "-16.png")),
            include_bytes!(concat!("../../../../icons/layers/", $name, "-22.png")),
            include_bytes!(concat!("../../../../icons/layers/", $name, "-24.png")),
            include_bytes!(concat!("../../../../icons/layers/", $name, "-32.png")),
            include_bytes!(concat!("../../../../icons/layers/", $name, "-48.png")),
        ]
    };
}

const POSTS: Layer = layer!("posts");
const BAR_DOWN: Layer = layer!("bar-down");
const BAR_UP: Layer = layer!("bar-up");
const KEY: Layer = layer!("key");
const DOT: Layer = layer!("dot");
const OUTLINE: Layer = layer!("outline");

#[cfg(test)]
mod tests;
