//! The checksum that a backup carries in itself: a file that was damaged or changed is not restored.
//!
//! SQLite leaves two numbers in the header of a file to the program: `application_id` and `user_version`. A backup holds half of
//! a SHA-256 there, of the whole file with these two as zeros. Any program of any version can check it, and the file stays a
//! database like any other. It tells damage and slips, not a forger, who could write another checksum.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use sha2::{Digest, Sha256};

/// Where the two numbers stand (SQLite, "Database File Format", 1.3).
const USER_VERSION: Range<usize> = 60..64;
const APPLICATION_ID: Range<usize> = 68..72;
/// The beginning of every file of SQLite.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// The length of the header of a file.
const HEADER: usize = 100;

/// What the checksum of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The file is as it was written.
    Right,
    /// The file was damaged or changed.
    Wrong,
    /// The file has no checksum: an older program made it, or it is no backup of ours.
    None,
}

/// Writes the checksum of a finished file into it.
pub fn seal(file: &Path) -> io::Result<()> {
    let sum = sum(file)?.1;
    let mut file = OpenOptions::new().write(true).open(file)?;
    for (place, half) in [(USER_VERSION, &sum[..4]), (APPLICATION_ID, &sum[4..])] {
        file.seek(SeekFrom::Start(place.start as u64))?;
        file.write_all(half)?;
    }
    file.flush()
}

/// Checks the checksum of a file.
pub fn verify(file: &Path) -> io::Result<Verdict> {
    let (written, sum) = sum(file)?;
    Ok(match written {
        [0, 0, 0, 0, 0, 0, 0, 0] => Verdict::None,
        written if written == sum => Verdict::Right,
        _ => Verdict::Wrong,
    })
}

/// The checksum in the file, and the one of its content.
fn sum(file: &Path) -> io::Result<([u8; 8], [u8; 8])> {
    let mut file = File::open(file)?;
    let mut header = [0; HEADER];
    if let Err(error) = file.read_exact(&mut header) {
        return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(([0; 8], [0; 8])) } else { Err(error) };
    }
    if header[..MAGIC.len()] != MAGIC[..] {
        return Ok(([0; 8], [0; 8]));
    }
    let mut written = [0; 8];
    written[..4].copy_from_slice(&header[USER_VERSION]);
    written[4..].copy_from_slice(&header[APPLICATION_ID]);
    header[USER_VERSION].fill(0);
    header[APPLICATION_ID].fill(0);
    let mut hash = Sha256::new();
    hash.update(header);
    let mut block = vec![0; 64 * 1024];
    loop {
        match file.read(&mut block)? {
            0 => break,
            read => hash.update(&block[..read]),
        }
    }
    let mut sum = [0; 8];
    sum.copy_from_slice(&hash.finalize()[..8]);
    Ok((written, sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_file_is_right_until_one_byte_of_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let mut bytes: Vec<u8> = (0..200_000_u32).map(|at| (at % 251) as u8).collect();
        bytes[..MAGIC.len()].copy_from_slice(MAGIC);
        bytes[USER_VERSION].fill(0);
        bytes[APPLICATION_ID].fill(0);
        std::fs::write(&file, &bytes).unwrap();
        assert_eq!(verify(&file).unwrap(), Verdict::None);
        seal(&file).unwrap();
        assert_eq!(verify(&file).unwrap(), Verdict::Right);
        let sealed = std::fs::read(&file).unwrap();
        for at in [16, 59, 60, 71, 72, 150_000, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            std::fs::write(&file, &changed).unwrap();
            assert_eq!(verify(&file).unwrap(), Verdict::Wrong, "byte {at}");
        }
        std::fs::write(&file, &sealed[..sealed.len() - 1]).unwrap();
        assert_eq!(verify(&file).unwrap(), Verdict::Wrong, "shorter");
        std::fs::write(&file, b"short").unwrap();
        assert_eq!(verify(&file).unwrap(), Verdict::None);
    }
}
