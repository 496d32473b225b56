//! From a file to pixels.

use std::{
    fmt, fs,
    io::{self, Cursor},
    path::Path,
};

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Rgb, RgbImage, imageops,
};

/// Why a file is not a picture.
#[derive(Debug)]
pub(crate) enum Unreadable {
    Image(ImageError),
    CutOff,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image(error) => error.fmt(f),
            Self::CutOff => f.write_str("the file ends in the middle of the picture"),
        }
    }
}

impl From<ImageError> for Unreadable {
    fn from(error: ImageError) -> Self {
        Self::Image(error)
    }
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Image(error.into())
    }
}

/// Reads a picture, upright and without transparency.
pub(crate) fn picture(path: &Path) -> Result<RgbImage, Unreadable> {
    let bytes = fs::read(path)?;
    let reader = ImageReader::new(Cursor::new(&bytes)).with_guessed_format()?;
    // The decoder is lenient: it would paint the missing rest of a JPEG grey and say nothing.
    let cut_off = reader.format() == Some(ImageFormat::Jpeg) && !jpeg_is_whole(&bytes);

    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    if cut_off {
        return Err(Unreadable::CutOff);
    }
    image.apply_orientation(orientation);
    Ok(if image.color().has_alpha() { on_white(&image) } else { image.into_rgb8() })
}

fn on_white(image: &DynamicImage) -> RgbImage {
    let mut page =
        DynamicImage::from(RgbImage::from_pixel(image.width(), image.height(), Rgb([u8::MAX; 3])));
    imageops::overlay(&mut page, image, 0, 0);
    page.into_rgb8()
}

/// Tells whether the picture's data is followed by the end marker.
///
/// The header is walked segment by segment, as it may hold a thumbnail with an end marker of its
/// own. In the data behind the header the marker cannot occur by chance.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    const PADDING: u8 = 0xFF;
    const START_OF_SCAN: u8 = 0xDA;
    const END_OF_IMAGE: [u8; 2] = [0xFF, 0xD9];

    let mut rest = bytes.get(2..).unwrap_or_default();
    while let [0xFF, marker, high, low, ..] = *rest
        && marker != START_OF_SCAN
    {
        let length = usize::from(u16::from_be_bytes([high, low]));
        let skip = if marker == PADDING { 1 } else { 2 + length };
        rest = rest.get(skip..).unwrap_or_default();
    }
    rest.windows(2).any(|pair| pair == END_OF_IMAGE)
}
