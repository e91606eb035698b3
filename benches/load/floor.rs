//! `floor`: how often a second bare hyper hands out an answer that is ready, on the same cores.
//!
//! Rates differ from machine to machine; what a rate is of this one, differs much less.

use crate::closed_loop::{self, Expect, LoopArgs};
use crate::cores::Placement;
use crate::error::{Error, Result};
use crate::process::Mock;
use crate::report::Report;
use crate::target::Target;
use crate::turns;
use crate::window;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::json;
use std::io::Write as _;
use tokio::net::{TcpListener, TcpStream};

/// Answers a second of bare hyper, which the other rates can be held against
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    load: LoopArgs,

    /// Size of the answer; `list` says that of its page
    #[arg(long, value_name = "BYTES", default_value_t = 4096)]
    bytes: usize,
}

pub async fn run(args: Args) -> Result<Report> {
    let placement = Placement::settle(true);
    let program = std::env::current_exe()?;
    let bytes = args.bytes.to_string();
    let target = Target::of(
        Mock::serve(&program, &["--bytes", &bytes], placement)?,
        placement,
    )?;
    let request =
        target.post(&json!({"type": "threads.list", "params": {"limit": 20}}).to_string());
    let page = turns::body(&target, &request).await?.len() as u64;
    let windows = closed_loop::drive(&args.load, &target, request, Expect::Bytes(page)).await?;
    let mut report = Report::new("floor");
    report.count("page_bytes", page);
    window::describe(windows, &window::REQUESTS, &target, &mut report);
    Ok(report)
}

/// The server that `floor` starts: this program once more, on the measured core
#[derive(clap::Args)]
pub struct Serve {
    #[arg(long)]
    port: u16,
    #[arg(long)]
    bytes: usize,
}

pub async fn serve(args: Serve) -> Result<Report> {
    let listener = TcpListener::bind(("127.0.0.1", args.port)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", json!({"event": "listening", "url": url}))?;
    stdout.flush()?;
    let answer = Bytes::from(vec![b'x'; args.bytes]);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(answer_all(stream, answer.clone()));
    }
}

async fn answer_all(stream: TcpStream, answer: Bytes) -> Result<()> {
    stream.set_nodelay(true)?;
    let service = service_fn(|request: Request<Incoming>| {
        let answer = answer.clone();
        async move {
            request.into_body().collect().await?;
            let json = ("content-type", "application/json");
            let response = Response::builder().header(json.0, json.1);
            Ok::<_, hyper::Error>(response.body(Full::new(answer)).unwrap_or_default())
        }
    });
    let served = hyper::server::conn::http1::Builder::new();
    let served = served.serve_connection(TokioIo::new(stream), service);
    served.await.map_err(Error::doing("connection"))
}
