//! The views of a picture, and what each of them draws.

use std::{cmp::Reverse, sync::Arc};

use image::{
    Rgb, RgbImage,
    imageops::{self, FilterType},
};

use crate::{library::Photo, sheet};

/// The ways to look at a picture. Each needs all of its pixels.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Thumbnail,
    Tones,
    Palette,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Thumbnail, Self::Tones, Self::Palette];
}

/// An open view. As long as it is open, its photo is in the library.
pub(crate) struct View {
    pub(crate) kind: Kind,
    pub(crate) photo: Arc<Photo>,
}

/// What one view drew.
pub(crate) enum Drawing {
    Thumbnail { of: (u32, u32), pixels: RgbImage },
    Tones(Vec<f32>),
    Palette(Vec<Swatch>),
}

/// One of a picture's main colours, and how much of the picture it covers.
#[derive(Clone, Copy)]
pub(crate) struct Swatch {
    pub(crate) colour: Rgb<u8>,
    pub(crate) share: f32,
}

impl View {
    /// Draws the view and closes it. The last view of a photo drops the photo.
    pub(crate) fn draw(self) -> Drawing {
        let pixels = &self.photo.pixels;
        match self.kind {
            Kind::Thumbnail => {
                Drawing::Thumbnail { of: pixels.dimensions(), pixels: thumbnail(pixels) }
            }
            Kind::Tones => Drawing::Tones(tones(pixels)),
            Kind::Palette => Drawing::Palette(palette(pixels)),
        }
    }
}

/// Fits the picture into the sheet's frame. A smaller one is not blown up.
fn thumbnail(pixels: &RgbImage) -> RgbImage {
    let (width, height) = pixels.dimensions();
    let (most_width, most_height) = sheet::FRAME;
    let scale = (f64::from(most_width) / f64::from(width))
        .min(f64::from(most_height) / f64::from(height))
        .min(1.0);
    let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
    imageops::resize(pixels, scaled(width), scaled(height), FilterType::Lanczos3)
}

/// Counts how common each tone is, dark to light, and returns the square root of its share of the
/// most common one: so the rare tones are seen too.
fn tones(pixels: &RgbImage) -> Vec<f32> {
    let mut counts = [0_u32; 64];
    for &pixel in pixels.pixels() {
        counts[usize::from(lightness(pixel)) / 4] += 1;
    }
    let most = counts.into_iter().max().unwrap_or_default().max(1);
    counts.iter().map(|&count| (count as f32 / most as f32).sqrt()).collect()
}

/// Finds a few colours that stand for the picture, dark to light.
///
/// Colours are counted in coarse boxes. The fullest boxes are taken, but none that looks like one
/// taken before; the others then add to the share of the one they look like most.
fn palette(pixels: &RgbImage) -> Vec<Swatch> {
    const MOST_SWATCHES: usize = 6;
    const LOOKS_ALIKE: u32 = 36 * 36;

    let mut boxes = vec![(0_u32, [0_u64; 3]); 1 << 12];
    for Rgb(pixel) in pixels.pixels() {
        let index = pixel.iter().fold(0, |index, &part| index << 4 | usize::from(part >> 4));
        let (count, sums) = &mut boxes[index];
        *count += 1;
        for (sum, &part) in sums.iter_mut().zip(pixel) {
            *sum += u64::from(part);
        }
    }
    boxes.retain(|&(count, _)| count > 0);
    boxes.sort_by_key(|&(count, _)| Reverse(count));

    let all = pixels.width() as f32 * pixels.height() as f32;
    let mut swatches: Vec<Swatch> = Vec::new();
    for (count, sums) in boxes {
        let colour = Rgb(sums.map(|sum| (sum / u64::from(count)) as u8));
        let share = count as f32 / all;
        let full = swatches.len() == MOST_SWATCHES;
        let nearest = swatches.iter_mut().min_by_key(|swatch| distance(swatch.colour, colour));
        match nearest {
            Some(nearest) if full || distance(nearest.colour, colour) < LOOKS_ALIKE => {
                nearest.share += share;
            }
            _ => swatches.push(Swatch { colour, share }),
        }
    }
    swatches.sort_by_key(|swatch| lightness(swatch.colour));
    swatches
}

/// Returns the square of how far two colours are apart.
fn distance(Rgb(one): Rgb<u8>, Rgb(other): Rgb<u8>) -> u32 {
    one.iter().zip(other).map(|(&one, other)| u32::from(one.abs_diff(other)).pow(2)).sum()
}

fn lightness(Rgb([red, green, blue]): Rgb<u8>) -> u8 {
    // The weights of Rec. 601, in 256ths.
    let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    (sum / 256) as u8
}
