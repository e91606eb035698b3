//! Bytes on disk, in a folder that goes when the mock ends.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tempfile::{NamedTempFile, TempDir, TempPath};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::super::refusal::Refusal;
use super::super::stalled::is_stalled;
use super::Size;

/// The folder; none is made before the first upload, because most mocks never see one.
#[derive(Default)]
pub(super) struct Disk {
    folder: Mutex<Option<Arc<TempDir>>>,
}

/// The bytes of one upload, deleted when this is dropped.
pub(super) struct Stored {
    path: TempPath,
    /// How many bytes there are.
    pub size: u64,
    /// Keeps the folder for as long as a file is in it.
    _folder: Arc<TempDir>,
}

/// Why the bytes of an upload stopped coming.
pub(super) enum Broken {
    /// There are more of them than any request may have.
    TooLarge,
    /// The client left, or what it sent is malformed.
    CutShort,
    /// No more of it came.
    Stalled,
}

impl Disk {
    /// Writes an upload as it comes; nothing of it is kept unless it comes whole.
    pub async fn receive(
        &self,
        chunks: impl Stream<Item = Result<Bytes, Broken>>,
        wanted: Size,
    ) -> Result<Stored, Refusal> {
        let (folder, file) = self.create().map_err(|error| unwritable(&error))?;
        let (file, path) = file.into_parts();
        let mut file = File::from_std(file);
        let mut chunks = std::pin::pin!(chunks);
        let mut size = 0_u64;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|broken| broken.refusal(wanted))?;
            size += chunk.len() as u64;
            if size > wanted.most() {
                wanted.check(size)?;
            }
            file.write_all(&chunk)
                .await
                .map_err(|error| unwritable(&error))?;
        }
        file.flush().await.map_err(|error| unwritable(&error))?;
        wanted.check(size)?;
        Ok(Stored {
            path,
            size,
            _folder: folder,
        })
    }

    fn create(&self) -> std::io::Result<(Arc<TempDir>, NamedTempFile)> {
        let folder = self.folder()?;
        let file = NamedTempFile::new_in(folder.path())?;
        Ok((folder, file))
    }

    fn folder(&self) -> std::io::Result<Arc<TempDir>> {
        let mut folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = &*folder {
            return Ok(Arc::clone(folder));
        }
        let made = Arc::new(TempDir::with_prefix("chatkit-")?);
        *folder = Some(Arc::clone(&made));
        Ok(made)
    }
}

impl Stored {
    /// Where the bytes are.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Broken {
    /// What became of an upload by the error of its body.
    pub fn of(error: &(dyn std::error::Error + 'static)) -> Self {
        if is_stalled(error) {
            Self::Stalled
        } else {
            Self::CutShort
        }
    }

    pub fn refusal(self, wanted: Size) -> Refusal {
        let cut = || {
            let message = "the upload did not arrive whole";
            Refusal::new(StatusCode::BAD_REQUEST, "incomplete_upload", message)
        };
        match self {
            Self::TooLarge => wanted.check(u64::MAX).err().unwrap_or_else(cut),
            Self::CutShort => cut(),
            Self::Stalled => Refusal::stalled("the upload stood still before it was whole"),
        }
    }
}

fn unwritable(error: &std::io::Error) -> Refusal {
    Refusal::new(
        StatusCode::INSUFFICIENT_STORAGE,
        "storage_error",
        format!("the upload could not be written to disk: {error}"),
    )
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    async fn receive(disk: &Disk, chunks: Vec<Result<Bytes, Broken>>) -> Result<Stored, Refusal> {
        disk.receive(stream::iter(chunks), Size::UpTo(4)).await
    }

    fn files(disk: &Disk) -> usize {
        let folder = disk.folder().unwrap();
        std::fs::read_dir(folder.path()).unwrap().count()
    }

    #[tokio::test]
    async fn bytes_come_whole_or_leave_nothing() {
        let disk = Disk::default();
        let part = || Ok(Bytes::from_static(b"ab"));
        let stored = receive(&disk, vec![part(), part()]).await.unwrap();
        assert_eq!(stored.size, 4);
        assert_eq!(std::fs::read(stored.path()).unwrap(), b"abab");
        let refusal = receive(&disk, vec![part(), part(), part()]).await.err();
        assert_eq!(refusal.unwrap().status, 413);
        let refusal = receive(&disk, vec![part(), Err(Broken::CutShort)])
            .await
            .err();
        assert_eq!(refusal.unwrap().code, "incomplete_upload");
        assert_eq!(files(&disk), 1);
        drop(stored);
        assert_eq!(files(&disk), 0);
    }

    #[tokio::test]
    async fn bytes_that_were_announced_come_in_that_number_or_leave_nothing() {
        let disk = Disk::default();
        for (size, is_taken) in [(0, false), (2, false), (4, true), (6, false)] {
            let chunks = (0..size).map(|_| Ok(Bytes::from_static(b"a")));
            let chunks = stream::iter(chunks.collect::<Vec<_>>());
            let stored = disk.receive(chunks, Size::Exactly(4)).await;
            assert_eq!(stored.is_ok(), is_taken, "{size}");
            if let Err(refusal) = &stored {
                assert_eq!(refusal.code, "upload_size_mismatch");
            }
            drop(stored);
            assert_eq!(files(&disk), 0, "{size}");
        }
    }

    #[tokio::test]
    async fn the_folder_goes_with_its_last_file() {
        let disk = Disk::default();
        let stored = receive(&disk, Vec::new()).await.unwrap();
        let folder = disk.folder().unwrap().path().to_owned();
        drop(disk);
        assert!(folder.exists());
        drop(stored);
        assert!(!folder.exists());
    }
}
