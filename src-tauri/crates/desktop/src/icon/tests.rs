use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::*;

/// The picture with every pixel made gray: how much ink it has and how light that is.
fn gray(gate: Gate, size: u32) -> Vec<[u8; 2]> {
    let lightness = |rgb: &[u8]| (rgb.iter().map(|&one| u32::from(one)).sum::<u32>() / 3) as u8;
    pixmap(gate, size).unwrap().argb.chunks(4).map(|pixel| [pixel[0], lightness(&pixel[1..])]).collect()
}

/// The picture as nothing but ink and no ink.
fn ink(gate: Gate, size: u32) -> Vec<bool> {
    pixmap(gate, size).unwrap().argb.chunks(4).map(|pixel| pixel[0] > 127).collect()
}

#[test]
fn the_states_differ_without_their_colors_at_every_size() {
    for size in SIZES {
        let grays: BTreeSet<_> = Gate::ALL.iter().map(|&gate| gray(gate, size)).collect();
        assert_eq!(grays.len(), Gate::ALL.len(), "at {size} pixels");
    }
}

/// A twentieth of the picture is about a dozen pixels of the smallest.
#[test]
fn the_states_differ_in_shape_enough_to_be_seen() {
    let pairs = || Gate::ALL.into_iter().flat_map(|one| Gate::ALL.map(|other| (one, other)));
    for size in SIZES {
        for (one, other) in pairs().filter(|(one, other)| one != other) {
            let different =
                ink(one, size).iter().zip(ink(other, size)).filter(|(one, other)| *one != other).count();
            assert!(different * 20 >= (size * size) as usize, "{one:?} and {other:?} at {size}: {different}");
        }
    }
}

#[test]
fn a_picture_has_its_size_and_some_ink() {
    for (gate, size) in Gate::ALL.into_iter().flat_map(|gate| SIZES.map(|size| (gate, size))) {
        let picture = pixmap(gate, size).unwrap();
        let side = i32::try_from(size).unwrap();
        assert_eq!(
            (picture.width, picture.height, picture.argb.len()),
            (side, side, (size * size * 4) as usize)
        );
        assert!(ink(gate, size).into_iter().filter(|&inked| inked).count() > size as usize);
    }
    assert_eq!(pixmap(Gate::Enforcing, 17), None);
}

#[test]
fn every_drawing_has_a_picture_of_each_size_and_no_other_picture_is_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../icons/layers");
    let files =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let (drawings, pictures): (BTreeSet<_>, BTreeSet<_>) = files.partition(|name| name.ends_with(".svg"));
    let names = ["bar-down", "bar-up", "dot", "key", "outline", "posts"];
    assert_eq!(drawings, names.map(|name| format!("{name}.svg")).into());
    let expected = names.iter().flat_map(|name| SIZES.map(|size| format!("{name}-{size}.png")));
    assert_eq!(pictures, expected.collect());
}

#[test]
fn every_layer_decodes_and_none_is_another() {
    for (place, size) in SIZES.into_iter().enumerate() {
        let layers = [POSTS, BAR_DOWN, BAR_UP, KEY, DOT, OUTLINE];
        let decoded: BTreeSet<_> = layers.iter().map(|layer| coverage(layer[place], size).unwrap()).collect();
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
    let contrasts: BTreeMap<_, _> =
        [NEUTRAL, GREEN, AMBER].map(|color| (color, panels.map(|panel| contrast(color, panel)))).into();
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
