//! A server on localhost for the files of a folder, as any static host serves them.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;

/// Names the folder to test, if not `web/dist`.
pub const FOLDER: &str = "MIDFLIGHT_WEB_DIST";

/// A folder that is served for as long as the process lives.
pub struct Site {
    address: SocketAddr,
    folder: PathBuf,
}

impl Site {
    /// The pages that `web/build.sh` has made.
    pub fn built() -> Site {
        let of_build = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
        let folder = std::env::var_os(FOLDER).map_or_else(of_build, PathBuf::from);
        let is_built = folder.join("index.html").is_file();
        assert!(is_built, "{} is not there: run web/build.sh first", folder.display());
        Site::of(&folder)
    }

    /// The files of a folder.
    pub fn of(folder: &Path) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let served = folder.to_path_buf();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = served.clone();
                // A browser that is killed closes its connections in the middle.
                thread::spawn(move || answer(stream, &served).unwrap_or_default());
            }
        });
        Site { address, folder: folder.to_path_buf() }
    }

    /// The address of a page.
    pub fn url(&self, page: &str) -> String {
        format!("http://localhost:{}/{page}", self.address.port())
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

fn answer(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut request = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    reader.read_line(&mut request)?;
    // The other lines say nothing that is needed.
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or("/").split(['?', '#']).next().unwrap_or("/");
    let name = path.trim_start_matches('/');
    let name = if name.is_empty() { "index.html" } else { name };
    let file = if name.contains("..") { None } else { std::fs::read(folder.join(name)).ok() };
    let status = if file.is_some() { "200 OK" } else { "404 Not Found" };
    let body = file.unwrap_or_default();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        kind(name),
        body.len()
    )?;
    stream.write_all(&body)
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        _ => "text/plain; charset=utf-8",
    }
}
