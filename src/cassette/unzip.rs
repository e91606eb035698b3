//! An answer that comes compressed, unpacked piece by piece for whoever reads along.

use std::io::Write;
use std::mem;

use flate2::write::MultiGzDecoder;

use crate::error::Result;

/// How many compressed bytes are unpacked at once, of which gzip makes a thousand times as many at
/// most.
const PIECE: usize = 4 * 1024;

/// What gzip has made smaller.
#[derive(Debug)]
pub struct Unzip {
    decoder: MultiGzDecoder<Vec<u8>>,
    wrong: Option<String>,
}

impl Unzip {
    /// What unpacks this encoding, if it is known here.
    pub fn of(encoding: &str) -> Option<Self> {
        matches!(encoding, "gzip" | "x-gzip").then(|| Self {
            decoder: MultiGzDecoder::new(Vec::new()),
            wrong: None,
        })
    }

    /// Takes the next bytes, and hands on what they become; nothing behind what cannot be read.
    ///
    /// # Errors
    /// Those of whoever it is handed to.
    pub fn feed(&mut self, bytes: &[u8], mut found: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        for piece in bytes.chunks(PIECE) {
            if self.wrong.is_some() {
                break;
            }
            let decoder = &mut self.decoder;
            let read = decoder.write_all(piece).and_then(|()| decoder.flush());
            self.note(read);
            found(&mem::take(self.decoder.get_mut()))?;
        }
        Ok(())
    }

    /// What is wrong with it once no bytes follow.
    pub fn finish(&mut self) -> Option<String> {
        if self.wrong.is_none() {
            let ended = self.decoder.try_finish();
            self.note(ended);
        }
        self.wrong.take()
    }

    fn note(&mut self, read: std::io::Result<()>) {
        if let Err(error) = read {
            self.wrong = Some(format!("the answer is no whole gzip: {error}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn zipped(texts: &[&[u8]]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        for text in texts {
            encoder.write_all(text).unwrap();
            encoder.flush().unwrap();
        }
        encoder.finish().unwrap()
    }

    fn unzipped(bytes: &[u8], size: usize) -> (Vec<u8>, Option<String>) {
        let mut unzip = Unzip::of("gzip").unwrap();
        let mut whole = Vec::new();
        for piece in bytes.chunks(size) {
            let taken = unzip.feed(piece, |bytes| {
                whole.extend_from_slice(bytes);
                Ok(())
            });
            taken.unwrap();
        }
        (whole, unzip.finish())
    }

    #[test]
    fn what_was_flushed_is_there_at_once_however_it_is_cut() {
        let bytes = zipped(&[b"data: 1\n\n", b"data: 2\n\n"]);
        for size in 1..bytes.len() {
            assert_eq!(
                unzipped(&bytes, size),
                (b"data: 1\n\ndata: 2\n\n".to_vec(), None)
            );
        }
        let mut unzip = Unzip::of("x-gzip").unwrap();
        let mut seen = Vec::new();
        let first = zipped(&[b"data: 1\n\n"]);
        let before_the_end = &first[..first.len() - 10];
        let taken = unzip.feed(before_the_end, |bytes| {
            seen.extend_from_slice(bytes);
            Ok(())
        });
        taken.unwrap();
        assert_eq!(seen, b"data: 1\n\n");
    }

    #[test]
    fn what_is_cut_or_no_gzip_is_told_and_a_huge_one_comes_in_pieces() {
        let bytes = zipped(&[b"data: 1\n\n"]);
        let (seen, wrong) = unzipped(&bytes[..bytes.len() - 3], 5);
        assert_eq!(seen, b"data: 1\n\n");
        assert!(wrong.unwrap().contains("no whole gzip"));
        let (seen, wrong) = unzipped(b"data: 1\n\nand more that is no gzip", 5);
        assert!(seen.is_empty() && wrong.is_some());
        let bomb = zipped(&[&vec![b'x'; 64 * 1024 * 1024]]);
        let (mut largest, mut size) = (0, 0);
        let mut unzip = Unzip::of("gzip").unwrap();
        let taken = unzip.feed(&bomb, |bytes| {
            largest = largest.max(bytes.len());
            size += bytes.len();
            Ok(())
        });
        taken.unwrap();
        assert_eq!((size, unzip.finish()), (64 * 1024 * 1024, None));
        assert!(largest < 8 * 1024 * 1024, "{largest}");
        assert!(Unzip::of("br").is_none());
    }
}
