//! `latency`: how long `chatkit send` takes from an event's arrival to its bytes on stdout.
//!
//! The clock runs from before the server writes an event until the reader of stdout has its text,
//! so that the figure is an upper bound: it includes the way over loopback and the reader's wakeup.

use crate::canned;
use crate::cores::Placement;
use crate::error::{Error, Result};
use crate::figures::Latencies;
use crate::os;
use crate::report::Report;
use crate::target::BinaryArgs;
use std::fs::File;
use std::io::{BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// From an event's arrival to its bytes on stdout, of a pipe and of a terminal
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    binary: BinaryArgs,

    /// Events of four bytes of text
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=17_000))]
    events: u32,

    /// Events a second
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rate: u32,
}

/// After how many words a paragraph ends.
const PARAGRAPH: u32 = 60;
/// How long nothing may come before the run is given up.
const SILENCE: Duration = Duration::from_secs(30);

/// When each event was sent; events are known by their number.
type Sent = Arc<Mutex<Vec<Instant>>>;

pub fn run(args: &Args) -> Result<Report> {
    let placement = args.binary.placement();
    let mut report = Report::new("latency");
    report
        .count("events", args.events.into())
        .count("events_per_second", args.rate.into());
    let pipe = Keys("pipe_p50_ms", "pipe_p99_ms", "pipe_max_ms");
    pipe.describe(&measure(args, placement, None)?, &mut report);
    match os::terminal(80, 24) {
        Ok(terminal) => {
            let keys = Keys("terminal_p50_ms", "terminal_p99_ms", "terminal_max_ms");
            keys.describe(&measure(args, placement, Some(terminal))?, &mut report);
        }
        Err(error) => {
            report.note(format!("no pseudo-terminal: {error}"));
        }
    }
    report.note("measured from before the server's write to after the reader's read");
    report.note(placement.sentence(true));
    Ok(report)
}

/// What the figures of one kind of stdout are called in a report.
struct Keys(&'static str, &'static str, &'static str);

impl Keys {
    fn describe(&self, latencies: &Latencies, report: &mut Report) {
        report
            .figure(self.0, latencies.quantile(0.5), "ms")
            .figure(self.1, latencies.quantile(0.99), "ms")
            .figure(self.2, latencies.max(), "ms");
    }
}

fn measure(args: &Args, placement: Placement, terminal: Option<(File, File)>) -> Result<Latencies> {
    let sent = Sent::default();
    let address = serve(args.events, args.rate, sent.clone())?;
    let mut command = Command::new(&args.binary.binary);
    command
        .args(["send", "hi", "--url", &format!("http://{address}/chatkit")])
        .env("TERM", "xterm-256color")
        .stdin(Stdio::null());
    let (mut child, reader) = start(&mut command, placement, terminal)?;
    // The other end of a pseudo-terminal stays open as long as the command holds it.
    drop(command);
    let latencies = read(reader, args.events, &sent);
    if latencies.is_err() {
        // It may have ended by itself; what went wrong is known already.
        let _ = child.kill();
    }
    let status = child.wait()?;
    match latencies {
        Ok(latencies) if status.success() => Ok(latencies),
        Ok(_) => Err(Error::new(format!("chatkit send: {status}"))),
        Err(error) => Err(error),
    }
}

fn start(
    command: &mut Command,
    placement: Placement,
    terminal: Option<(File, File)>,
) -> Result<(Child, Box<dyn Read + Send>)> {
    let started = Error::doing(command.get_program().display().to_string());
    if let Some((reader, program)) = terminal {
        command.stderr(program.try_clone()?).stdout(program);
        let child = placement.start(command).map_err(started)?;
        return Ok((child, Box::new(reader)));
    }
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = placement.start(command).map_err(started)?;
    let stdout = child.stdout.take().expect("stdout was asked for above");
    Ok((child, Box::new(stdout)))
}

/// Answers one request with events at an even pace, and notes when each of them was sent.
fn serve(events: u32, rate: u32, sent: Sent) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        if let Ok((stream, _)) = listener.accept() {
            // A client that leaves in the middle is missed by the reader of its stdout.
            let _ = answer(&stream, events, rate, &sent);
        }
    });
    Ok(address)
}

fn answer(mut stream: &TcpStream, events: u32, rate: u32, sent: &Sent) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let length = canned::request(&mut reader)?.unwrap_or(0);
    std::io::copy(&mut (&mut reader).take(length), &mut std::io::sink())?;
    stream.write_all(&canned::opening())?;
    let mut text = String::new();
    let began = Instant::now();
    for event in 0..events {
        let word = word(event) + " ";
        let frame = canned::delta(&word);
        let due = began + Duration::from_secs(event.into()) / rate;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        sent.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Instant::now());
        stream.write_all(&frame)?;
        text.push_str(&word);
        if event % PARAGRAPH == PARAGRAPH - 1 {
            stream.write_all(&canned::delta("\n\n"))?;
            text.push_str("\n\n");
        }
    }
    stream.write_all(&canned::closing(&text))?;
    Ok(())
}

/// Three letters, which no escape sequence has side by side.
fn word(number: u32) -> String {
    let letter = |place: u32| char::from(b'a' + u8::try_from(number / place % 26).unwrap_or(0));
    [letter(26 * 26), letter(26), letter(1)].iter().collect()
}

/// Reads to the end, and notes when each word was seen for the first time.
fn read(mut stdout: Box<dyn Read + Send>, events: u32, sent: &Sent) -> Result<Latencies> {
    let (chunks, arrived) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        // A pseudo-terminal ends with an error, when nobody holds its other end any more.
        while let Ok(length @ 1..) = stdout.read(&mut buffer) {
            if chunks
                .send((Instant::now(), buffer[..length].to_vec()))
                .is_err()
            {
                return;
            }
        }
    });
    let mut latencies = Latencies::new();
    let (mut next, mut unseen) = (0, Vec::new());
    while next < events {
        let Ok((at, bytes)) = arrived.recv_timeout(SILENCE) else {
            return Err(Error::new(format!(
                "only {next} of {events} events were seen"
            )));
        };
        unseen.extend_from_slice(&bytes);
        while let Some(end) = position(&unseen, word(next).as_bytes()) {
            let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(then) = sent.get(next as usize) else {
                return Err(Error::new("a word was seen before it was sent"));
            };
            latencies.record(at - *then);
            unseen.drain(..end);
            next += 1;
            if next == events {
                break;
            }
        }
    }
    // What follows is read to its end, because a full pipe would keep the client from ending.
    while arrived.recv_timeout(SILENCE).is_ok() {}
    Ok(latencies)
}

/// Where the word ends in the bytes.
fn position(bytes: &[u8], word: &[u8]) -> Option<usize> {
    let at = bytes.windows(word.len()).position(|part| part == word)?;
    Some(at + word.len())
}
