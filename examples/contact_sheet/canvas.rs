//! Shapes with smooth edges, on which pictures and text are put.

use image::{Rgb, RgbImage, imageops};

/// A picture in the making.
pub(crate) struct Canvas {
    pixels: RgbImage,
}

/// A rectangle, in pixels.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Area {
    /// Cuts off the upper part and returns it.
    pub(crate) fn cut_top(&mut self, height: u32) -> Self {
        let height = height.min(self.height);
        let top = Self { height, ..*self };
        self.top += height;
        self.height -= height;
        top
    }

    /// Cuts off the left part and returns it.
    pub(crate) fn cut_left(&mut self, width: u32) -> Self {
        let width = width.min(self.width);
        let left = Self { width, ..*self };
        self.left += width;
        self.width -= width;
        left
    }

    pub(crate) fn inside(self, padding: u32) -> Self {
        Self {
            left: self.left + padding,
            top: self.top + padding,
            width: self.width - 2 * padding,
            height: self.height - 2 * padding,
        }
    }
}

impl Canvas {
    pub(crate) fn new((width, height): (u32, u32), colour: Rgb<u8>) -> Self {
        Self { pixels: RgbImage::from_pixel(width, height, colour) }
    }

    pub(crate) fn into_pixels(self) -> RgbImage {
        self.pixels
    }

    /// Puts a picture in the middle of an area that has room for it.
    pub(crate) fn picture(&mut self, picture: &RgbImage, area: Area) {
        let left = area.left + (area.width - picture.width()) / 2;
        let top = area.top + (area.height - picture.height()) / 2;
        imageops::replace(&mut self.pixels, picture, left.into(), top.into());
    }

    /// Fills an area with round corners.
    pub(crate) fn rectangle(&mut self, area: Area, radius: f32, colour: Rgb<u8>) {
        let (half_width, half_height) = (area.width as f32 / 2.0, area.height as f32 / 2.0);
        self.shape(area, colour, |x, y| {
            // Measured from the rectangle on whose corners the round ones are centred.
            let x = (x - half_width).abs() - (half_width - radius);
            let y = (y - half_height).abs() - (half_height - radius);
            x.max(0.0).hypot(y.max(0.0)) + x.max(y).min(0.0) - radius
        });
    }

    /// Draws the outline of an area and its two diagonals.
    pub(crate) fn crossed_box(&mut self, area: Area, colour: Rgb<u8>) {
        const HALF_A_LINE: f32 = 0.7;

        let (width, height) = (area.width as f32, area.height as f32);
        let diagonal = width.hypot(height);
        self.shape(area, colour, |x, y| {
            let border = x.min(y).min(width - x).min(height - y);
            let falling = (x * height - y * width).abs() / diagonal;
            let rising = (x * height + y * width - width * height).abs() / diagonal;
            border.min(falling).min(rising) - HALF_A_LINE
        });
    }

    /// Fills the area below a line through heights from 0 to 1.
    pub(crate) fn hills(&mut self, area: Area, heights: &[f32], colour: Rgb<u8>) {
        let (width, height) = (area.width as f32, area.height as f32);
        self.shape(area, colour, |x, y| {
            let position = x / width * heights.len().saturating_sub(1) as f32;
            let at = |index: f32| heights.get(index as usize).copied().unwrap_or_default();
            let (before, after) = (at(position.floor()), at(position.ceil()));
            height - y - height * (before + (after - before) * position.fract())
        });
    }

    /// Fills the part of an area that is inside a shape, given by the distance of each point from
    /// the shape's edge, which is negative inside.
    fn shape(&mut self, area: Area, colour: Rgb<u8>, distance: impl Fn(f32, f32) -> f32) {
        for y in 0..area.height {
            for x in 0..area.width {
                let distance = distance(x as f32 + 0.5, y as f32 + 0.5);
                self.blend(area.left + x, area.top + y, colour, 0.5 - distance);
            }
        }
    }

    /// Mixes a colour into a pixel, as far as the pixel is covered. Outside is nothing to cover.
    pub(crate) fn blend(&mut self, x: u32, y: u32, colour: Rgb<u8>, coverage: f32) {
        let Some(pixel) = self.pixels.get_pixel_mut_checked(x, y) else { return };
        let coverage = coverage.clamp(0.0, 1.0);
        for (old, new) in pixel.0.iter_mut().zip(colour.0) {
            let mixed = f32::from(*old) + (f32::from(new) - f32::from(*old)) * coverage;
            *old = mixed.round() as u8;
        }
    }
}
