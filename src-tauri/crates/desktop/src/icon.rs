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
const RED: Color = [0xd1, 0x34, 0x2f];

/// The icon of a state; none where there is none of that size.
pub(crate) fn pixmap(gate: Gate, size: u32) -> Option<Pixmap> {
    composed(layers(gate), size)
}

/// The gate that has stopped somebody, for notifications; none where there is none of that size.
pub(crate) fn stopped(size: u32) -> Option<Pixmap> {
    composed(&[(POSTS, NEUTRAL), (BAR_DOWN, RED), (CROSS, RED)], size)
}

fn composed(layers: &[(Layer, Color)], size: u32) -> Option<Pixmap> {
    let place = SIZES.iter().position(|&one| one == size)?;
    let mut canvas = vec![0; (size * size * 4) as usize];
    for (layer, color) in layers {
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
const CROSS: Layer = layer!("cross");

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        path::Path,
    };

    use super::*;

    /// Every picture there is.
    fn pictures(size: u32) -> Vec<Pixmap> {
        Gate::ALL
            .into_iter()
            .map(|gate| pixmap(gate, size))
            .chain([stopped(size)])
            .map(Option::unwrap)
            .collect()
    }

    /// The picture with every pixel made gray: how much ink it has and how light that is.
    fn gray(picture: &Pixmap) -> Vec<[u8; 2]> {
        let lightness = |rgb: &[u8]| (rgb.iter().map(|&one| u32::from(one)).sum::<u32>() / 3) as u8;
        picture.argb.chunks(4).map(|pixel| [pixel[0], lightness(&pixel[1..])]).collect()
    }

    /// The picture as nothing but ink and no ink.
    fn ink(picture: &Pixmap) -> Vec<bool> {
        picture.argb.chunks(4).map(|pixel| pixel[0] > 127).collect()
    }

    #[test]
    fn the_pictures_differ_without_their_colors_at_every_size() {
        for size in SIZES {
            let pictures = pictures(size);
            let grays: BTreeSet<_> = pictures.iter().map(gray).collect();
            assert_eq!(grays.len(), pictures.len(), "at {size} pixels");
        }
    }

    /// A twentieth of the picture is about a dozen pixels of the smallest.
    #[test]
    fn the_pictures_differ_in_shape_enough_to_be_seen() {
        for size in SIZES {
            let inked: Vec<_> = pictures(size).iter().map(ink).collect();
            for (number, one) in inked.iter().enumerate() {
                for (after, other) in inked.iter().enumerate().skip(number + 1) {
                    let different = one.iter().zip(other).filter(|(one, other)| one != other).count();
                    let enough = different * 20 >= (size * size) as usize;
                    assert!(enough, "pictures {number} and {after} at {size}: {different}");
                }
            }
        }
    }

    #[test]
    fn a_picture_has_its_size_and_some_ink() {
        for (picture, size) in
            SIZES.into_iter().flat_map(|size| pictures(size).into_iter().map(move |one| (one, size)))
        {
            let side = i32::try_from(size).unwrap();
            assert_eq!(
                (picture.width, picture.height, picture.argb.len()),
                (side, side, (size * size * 4) as usize)
            );
            assert!(ink(&picture).into_iter().filter(|&inked| inked).count() > size as usize);
        }
        assert_eq!(pixmap(Gate::Enforcing, 17), None);
    }

    #[test]
    fn every_drawing_has_a_picture_of_each_size_and_no_other_picture_is_there() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../icons/layers");
        let files =
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let (drawings, pictures): (BTreeSet<_>, BTreeSet<_>) = files.partition(|name| name.ends_with(".svg"));
        let names = ["bar-down", "bar-up", "cross", "dot", "key", "outline", "posts"];
        assert_eq!(drawings, names.map(|name| format!("{name}.svg")).into());
        let expected = names.iter().flat_map(|name| SIZES.map(|size| format!("{name}-{size}.png")));
        assert_eq!(pictures, expected.collect());
    }

    #[test]
    fn every_layer_decodes_and_none_is_another() {
        for (place, size) in SIZES.into_iter().enumerate() {
            let layers = [POSTS, BAR_DOWN, BAR_UP, KEY, DOT, OUTLINE, CROSS];
            let decoded: BTreeSet<_> =
                layers.iter().map(|layer| coverage(layer[place], size).unwrap()).collect();
            assert_eq!(decoded.len(), layers.len(), "at {size} pixels");
        }
    }

    #[test]
    fn what_is_no_picture_or_of_another_size_is_none() {
        assert_eq!(coverage(b"no picture", 16), None);
        assert_eq!(coverage(&POSTS[0][..60], 16), None);
        assert_eq!(coverage(POSTS[1], 16), None);
    }

    /// Three to one is what WCAG 2.2 (1.4.11) asks of graphics.
    #[test]
    fn every_color_stands_out_from_light_and_dark_panels() {
        let panels = [[0xf4, 0xf4, 0xf4], [0x24, 0x24, 0x24]];
        let contrasts: BTreeMap<_, _> = [NEUTRAL, GREEN, AMBER, RED]
            .map(|color| (color, panels.map(|panel| contrast(color, panel))))
            .into();
        assert!(contrasts.values().flatten().all(|&contrast| contrast >= 3.0), "{contrasts:?}");
    }

    fn contrast(one: Color, other: Color) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(color: Color) -> f64 {
        let linear = color.map(|channel| f64::from(channel) / 255.0).map(|channel| {
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        linear[0] * 0.2126 + linear[1] * 0.7152 + linear[2] * 0.0722
    }

    #[test]
    fn a_color_is_in_network_byte_order() {
        let picture = pixmap(Gate::Enforcing, 16).unwrap();
        let middle = (8 * 16 + 8) * 4;
        assert_eq!(picture.argb[middle..middle + 4], [255, GREEN[0], GREEN[1], GREEN[2]]);
    }

    #[test]
    fn a_color_laid_over_another_keeps_what_it_does_not_cover() {
        let mut canvas = vec![255, 0, 0, 200, 0, 0, 0, 0];
        paint(&mut canvas, &[255, 0], [10, 20, 30]);
        assert_eq!(canvas, [255, 10, 20, 30, 0, 0, 0, 0]);
        paint(&mut canvas, &[0, 128], [40, 50, 60]);
        assert_eq!(canvas, [255, 10, 20, 30, 128, 40, 50, 60]);
    }
}
