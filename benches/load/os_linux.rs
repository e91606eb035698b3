//! What only Linux tells: cores, limits, and what a process has used. `os_other.rs` is its double.

#![expect(
    unsafe_code,
    reason = "the standard library has no word for these calls"
)]

use std::fs::{self, File};
use std::{io, mem};

/// Keeps the calling thread, and whatever it spawns from now on, on one core.
pub fn pin(core: usize) -> bool {
    // SAFETY: a `cpu_set_t` is a plain array of bits, for which all zeroes is the empty set.
    let mut set: libc::cpu_set_t = unsafe { mem::zeroed() };
    // SAFETY: the set is valid, and `core` is one of the few that the caller names.
    unsafe { libc::CPU_SET(core, &mut set) };
    // SAFETY: the pointer and the size are those of the set above; 0 is the calling thread.
    unsafe { libc::sched_setaffinity(0, mem::size_of_val(&set), &raw const set) == 0 }
}

/// Lets this process, and the children that it starts later, open so many files.
pub fn raise_open_files(wanted: u64) -> io::Result<()> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the kernel writes one `rlimit` to the pointer.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } != 0 {
        return Err(io::Error::last_os_error());
    }
    if limit.rlim_cur >= wanted {
        return Ok(());
    }
    limit.rlim_cur = wanted;
    // Above the hard limit only a privileged process succeeds; the kernel knows who is one.
    limit.rlim_max = limit.rlim_max.max(wanted);
    // SAFETY: the kernel reads one `rlimit` from the pointer.
    match unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Seconds of user and system time that the process has used.
pub fn cpu_seconds(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold spaces; proc(5) numbers what follows it from 3.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_ascii_whitespace().skip(14 - 3);
    let user: u32 = times.next()?.parse().ok()?;
    let system: u32 = times.next()?.parse().ok()?;
    Some((f64::from(user) + f64::from(system)) / ticks_per_second()?)
}

fn ticks_per_second() -> Option<f64> {
    // SAFETY: the call takes a number and returns a number.
    let ticks = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
    i32::try_from(ticks).ok().filter(|t| *t > 0).map(f64::from)
}

/// Kilobytes that the process has in memory now.
pub fn resident_kb(pid: u32) -> Option<u64> {
    status(pid, "VmRSS:")
}

/// The most kilobytes that the process has had in memory.
///
/// This is asked while the process lives. The `ru_maxrss` of a dead one is no substitute: it
/// counts what the parent had in memory at the fork, here the whole canned stream.
pub fn peak_kb(pid: u32) -> Option<u64> {
    status(pid, "VmHWM:")
}

fn status(pid: u32, key: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(key))?;
    value.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// A pseudo-terminal of this size: the side of whoever looks at it, and that of the program.
pub fn terminal(columns: u16, rows: u16) -> io::Result<(File, File)> {
    let size = nix::pty::Winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let pair = nix::pty::openpty(Some(&size), None)?;
    Ok((pair.master.into(), pair.slave.into()))
}
