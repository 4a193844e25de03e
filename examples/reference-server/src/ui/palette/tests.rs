//! The palette is safe for the colour-blind: checked on the colours of the style sheet itself.

use super::*;
use crate::ui::asset::STYLE;

type Rgb = [f64; 3];

/// The light and the dark value of a custom property written `--x: light-dark(#aaaaaa, #bbbbbb);`.
fn colours(property: &str) -> [Rgb; 2] {
    let start = format!("{property}: light-dark(");
    let rest = STYLE.split_once(&start).unwrap_or_else(|| panic!("{property}")).1;
    let (light, rest) = rest.split_once(", ").unwrap();
    [light, rest.split_once(')').unwrap().0].map(linear)
}

fn linear(hex: &str) -> Rgb {
    let channel = |from: usize| {
        let value = f64::from(u8::from_str_radix(&hex[from..from + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    [channel(1), channel(3), channel(5)]
}

fn transform(matrix: [[f64; 3]; 3], [a, b, c]: Rgb) -> Rgb {
    matrix.map(|row| (row[0] * a + row[1] * b + row[2] * c).clamp(0.0, 1.0))
}

/// Full colour vision, then protanopia, deuteranopia and tritanopia after Machado, Oliveira and Fernandes (2009).
const EYES: [(&str, [[f64; 3]; 3]); 4] = [
    ("trichromat", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protan",
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    ),
    (
        "deutan",
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    ),
    (
        "tritan",
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
    ),
];

/// Oklab, in which distances are about as large as they look.
fn oklab(rgb: Rgb) -> Rgb {
    let lms = transform(
        [
            [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
            [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
            [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
        ],
        rgb,
    )
    .map(f64::cbrt);
    [
        [0.210_454_255_3, 0.793_617_785, -0.004_072_046_8],
        [1.977_998_495_1, -2.428_592_205, 0.450_593_709_9],
        [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766],
    ]
    .map(|row| row.iter().zip(lms).map(|(weight, value)| weight * value).sum())
}

fn distance(left: Rgb, right: Rgb) -> f64 {
    oklab(left).iter().zip(oklab(right)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

fn luminance([r, g, b]: Rgb) -> f64 {
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(left: Rgb, right: Rgb) -> f64 {
    let (a, b) = (luminance(left), luminance(right));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn fill(kind: WorkKind) -> [Rgb; 2] {
    colours(&format!("--kind-{}", kind.name()))
}

#[test]
fn neighbours_are_told_apart_by_every_eye_and_by_pattern() {
    for pair in WorkKind::ALL.windows(2) {
        let (left, right) = (pair[0], pair[1]);
        assert_ne!(left.pattern(), right.pattern(), "{left:?} {right:?}");
        for (eye, matrix) in EYES {
            for scheme in 0..2 {
                let seen = [fill(left)[scheme], fill(right)[scheme]].map(|colour| transform(matrix, colour));
                let apart = distance(seen[0], seen[1]);
                assert!(apart >= 0.08, "{left:?} {right:?} {eye} scheme {scheme}: {apart:.3}");
            }
        }
    }
}

#[test]
fn any_two_kinds_differ_in_pattern_or_clearly_in_colour() {
    for (index, left) in WorkKind::ALL.into_iter().enumerate() {
        for right in WorkKind::ALL.into_iter().skip(index + 1) {
            for (eye, matrix) in EYES {
                for scheme in 0..2 {
                    let seen =
                        [fill(left)[scheme], fill(right)[scheme]].map(|colour| transform(matrix, colour));
                    let apart = distance(seen[0], seen[1]);
                    let told = left.pattern() != right.pattern() || apart >= 0.08;
                    assert!(told, "{left:?} {right:?} {eye} scheme {scheme}: {apart:.3}");
                }
            }
        }
    }
}

#[test]
fn text_and_marks_stand_out_from_their_surface() {
    let surface = colours("--surface");
    for (property, least) in
        [("--ink", 7.0), ("--muted", 4.5), ("--accent", 4.5), ("--measure", 3.0), ("--caution", 4.5)]
    {
        for (scheme, (front, back)) in colours(property).into_iter().zip(surface).enumerate() {
            let ratio = contrast(front, back);
            assert!(ratio >= least, "{property} scheme {scheme}: {ratio:.2}");
        }
    }
    for kind in WorkKind::ALL {
        for (scheme, (front, back)) in fill(kind).into_iter().zip(surface).enumerate() {
            let ratio = contrast(front, back);
            assert!(ratio >= 1.6, "{kind:?} scheme {scheme}: {ratio:.2}");
        }
    }
}

#[test]
fn every_kind_has_its_class_and_names_lead_back() {
    for kind in WorkKind::ALL {
        assert!(STYLE.contains(&format!(".kind-{} ", kind.name())), "{kind:?}");
        assert_eq!(WorkKind::named(kind.name()), kind);
    }
    assert_eq!(WorkKind::named("something new"), WorkKind::Unclassified);
}
